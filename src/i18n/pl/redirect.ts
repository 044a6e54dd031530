import type { redirect as english } from '../en/redirect.ts';

/** Texts of the recipes that lead the clients to the new primary. */
export const redirect: Readonly<Record<keyof typeof english, string>> = {
  'step.switchover.redirect-ready.title': 'Sprawdzenie, czy klientów da się skierować na nowy serwer podstawowy',
  'step.switchover.hold-clients.title': 'Wstrzymanie klientów tam, gdzie to możliwe',
  'step.switchover.release-clients.title': 'Wznowienie pracy wstrzymanych klientów',
  'finding.redirect.move.title': 'Dokąd kierowani są klienci',
  'finding.redirect.move.detail':
    '{what}: {state, select, there {{to}} refused {prowadzi teraz do {from}, więc pozostaje bez zmian} other {{from} → {to}}}',
  'finding.redirect.move.next':
    'Przepis zmienia tylko to, co prowadzi do jednego z serwerów pary i co odpowiada na pytania. Sprawdź, dokąd to prowadzi i kto to zmienił, a potem ponów polecenie.',
  'error.redirect.changed-by-others.what':
    '{host}: {what} prowadzi do {found}, a nie do starego ({from}) ani nowego ({to}) serwera podstawowego. Zmienił to ktoś inny, więc niczego nie nadpisano.',
  'error.redirect.changed-by-others.hint':
    'Ustal, kto i dlaczego to zmienił. Jeśli zmianę można cofnąć: gdy serwer zapasowy jest już podstawowym, ustaw samodzielnie {to}, w przeciwnym razie przywróć {from}; potem: zapas settle {run, select, absent {<przebieg>} other {{run}}} retry albo ponów polecenie',
  'error.redirect.unusable.what':
    '{host}: przepis redirect nie może użyć {what}{detail, select, absent {} other { ({detail})}}.',
  'error.redirect.unusable.hint':
    'Sprawdź na tym serwerze, czy program działa oraz czy ścieżki i nazwy w przepisie są poprawne: zapas doctor. Potem: zapas settle {run, select, absent {<przebieg>} other {{run}}} retry albo ponów polecenie',
  'error.redirect.config-rejected.what':
    '{host}: {file, select, absent {plik konfiguracyjny} other {{file}}} przywrócono do poprzedniej postaci, bo program odrzuca nową{detail, select, absent {} other { ({detail})}}.',
  'error.redirect.config-rejected.hint':
    'Sprawdź plik na tym serwerze; prawdopodobnie był odrzucany już wcześniej. Potem: zapas settle {run, select, absent {<przebieg>} other {{run}}} retry',
};
