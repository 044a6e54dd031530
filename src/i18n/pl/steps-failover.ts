/** Nazwy kroków przełączenia awaryjnego, stanu i dzienników; nazwa mówi, co krok robi. */
export const stepsFailover = {
  'step.failover.evidence.title': 'Zebranie dowodów: kto widzi serwer podstawowy i co może zostać utracone',
  'step.failover.fence.title': 'Odcięcie starego serwera podstawowego: zatrzymanie i blokada ponownego startu',
  'step.failover.promote.title': 'Promowanie serwera zapasowego na podstawowy',
  'step.failover.first-write.title': 'Próba zapisu na nowym serwerze podstawowym',
  'step.failover.redirect.title': 'Przekierowanie ruchu na nowy serwer podstawowy',
  'step.failover.clean-up.title': 'Odłożenie na bok pozostałości po roli serwera zapasowego',
  'step.failover.redirect-by-hand.title': 'Ręczne przekierowanie ruchu',
  'step.failover.redirect-by-hand.ask':
    'Przekieruj ruch na nowy serwer podstawowy, wykonując każdy punkt listy kontrolnej z konfiguracji. Potwierdź, gdy wszystko będzie gotowe.',
  'step.failover.checkpoint.title': 'Utrwalenie nowej linii czasu na dysku (punkt kontrolny)',
  'step.failover.log.title': 'Ocena pg_log od chwili przełączenia',
  'step.status.pair.title': 'Sprawdzenie stanu obu serwerów',
  'step.logs.read.title': 'Odczyt i ocena pg_log',
} as const;
