/** Teksty próby przełączenia awaryjnego. */
export const rehearsal = {
  'runbook.rehearse': 'Próba',
  'command.rehearse': 'Przećwicz przełączenie awaryjne na jednorazowej kopii serwera zapasowego i zmierz jego czas',
  'step.rehearse.room.title': 'Miejsce na kopię obok serwera zapasowego',
  'step.rehearse.prepare.title': 'Usuń pozostałości po wcześniejszych próbach; utwórz pusty katalog na kopię',
  'step.rehearse.copy.title':
    'Skopiuj działający serwer zapasowy, z niskim priorytetem (pg_backup_start, pg_backup_stop)',
  'step.rehearse.start.title': 'Uruchom kopię w odosobnieniu: bez archiwizacji, replikacji i sieci',
  'step.rehearse.promote.title': 'Awansuj kopię, zapisz w niej i sprawdź ją',
  'step.rehearse.remove.title': 'Zatrzymaj i usuń kopię',
  'error.rehearsal.damaged.what':
    'W kopii serwera {host} pg_amcheck znalazł uszkodzone tabele lub indeksy. Po przełączeniu awaryjnym placówka pracowałaby właśnie na nich.',
  'error.rehearsal.damaged.hint':
    'Uruchom pg_amcheck także na serwerze podstawowym. Jeśli tam wszystko jest w porządku, utwórz serwer zapasowy od nowa: zapas rebuild {cluster, select, absent {<para>} other {{cluster}}} --method clone. Jeśli nie, zgłoś się do producenta.',
  'error.rehearsal.torn-pages.what':
    'Serwer podstawowy zapisuje WAL bez całych stron (full_page_writes = off), więc kopia działającego serwera {host} mogłaby być uszkodzona. Niczego nie skopiowano.',
  'error.rehearsal.torn-pages.hint':
    'Ustaw full_page_writes = on na serwerze podstawowym, przeładuj go i wykonaj tam CHECKPOINT, a potem: zapas rehearse {cluster, select, absent {<para>} other {{cluster}}}',
  'finding.rehearsal.left-over.title': 'Pozostałości po wcześniejszej próbie',
  'finding.rehearsal.left-over.detail': '{paths}',
  'finding.rehearsal.left-over.next': 'Nic nie trzeba robić: usunie je ta próba.',
  'field.rehearsal': 'Od awansu do pierwszego zapisu',
  'field.rehearsal-recovery': 'Odtwarzanie kopii',
  'field.rehearsal-check': 'pg_amcheck',
  'value.amcheck':
    '{amcheck, select, sound {nie znaleziono uszkodzeń} unfinished {przez pięć minut nie znaleziono uszkodzeń, potem przerwano} other {nie dało się uruchomić}}',
  'field.expected': 'Przewidywany czas',
  'value.expected':
    '{took} od awansu do pierwszego zapisu (próba {days, plural, =0 {dzisiaj} one {# dzień temu} few {# dni temu} many {# dni temu} other {# dnia temu}}, {at})',
  'readiness.rehearsal':
    '{state, select, never {Przełączenia awaryjnego jeszcze nie przećwiczono. Następny krok: {command}} stale {Ostatnia próba: {at}, {days, plural, one {# dzień} few {# dni} many {# dni} other {# dnia}} temu, czyli zbyt dawno. Następny krok: {command}} other {Próba: {at}; pierwszy zapis {took} po awansie}}',
  'result.rehearse':
    'Przełączenie awaryjne by się udało: kopia serwera {standby} została awansowana i przyjęła zapis w bazie produktu, po czym ją usunięto. Sama para pozostała nietknięta.',
} as const;
