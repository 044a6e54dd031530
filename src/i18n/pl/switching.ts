/** Teksty planowego przełączenia, odcięcia i odbudowy. */
export const switching = {
  'runbook.switchover': 'Przełączenie planowe',
  'runbook.fence': 'Odcięcie',
  'runbook.rebuild': 'Odbudowa',
  'command.switchover': 'Zamienia role obu serwerów w ustalonym porządku, bez utraty danych; zatwierdza druga osoba',
  'command.fence': 'Zatrzymuje stary serwer podstawowy, który wrócił po przełączeniu, i blokuje jego start',
  'command.rebuild': 'Przywraca serwer po awarii do roli zapasowego: przez pg_rewind albo nową kopię',
  'option.reason': 'powód, potrzebny w czasie wstrzymania zmian albo poza oknami serwisowymi',
  'option.method': 'auto: pg_rewind, gdzie jest bezpieczny, w przeciwnym razie nowa kopia',
  'option.discardOld': 'usuwa katalog danych odłożony podczas wcześniejszej odbudowy',
  // kroki
  'step.switchover.evidence.title': 'Obejrzenie obu serwerów: czy mogą zamienić się rolami',
  'step.switchover.way-back.title': 'Przygotowanie drogi powrotnej: czego stary serwer potrzebuje, by podążać za nowym',
  'step.switchover.checkpoint.title': 'Skrócenie zatrzymania (punkt kontrolny)',
  'step.switchover.stop.title': 'Prawidłowe zatrzymanie serwera podstawowego i blokada jego startu',
  'step.switchover.caught-up.title': 'Dowód, że serwer zapasowy ma wszystko aż do końcowego punktu kontrolnego',
  'step.switchover.promote.title': 'Promowanie serwera zapasowego na podstawowy',
  'step.switchover.first-write.title': 'Próba zapisu na nowym serwerze podstawowym',
  'step.switchover.slot.title': 'Slot dla nowego serwera zapasowego',
  'step.switchover.follow.title': 'Nadanie staremu serwerowi roli zapasowego i jego start',
  'step.switchover.streaming.title': 'Dowód z obu stron, że nowy serwer zapasowy nadąża',
  'step.switchover.old-slot.title': 'Usunięcie slotu, z którego nikt już nie czyta',
  'step.switchover.put-back.title': 'Ponowny start starego serwera w dotychczasowej roli podstawowego',
  'step.fence.ghost.title': 'Ustalenie, kto jest serwerem podstawowym',
  'step.fence.stop.title': 'Zatrzymanie starego serwera podstawowego i blokada jego startu',
  'step.fence.writes.title': 'Ustalenie, co stary serwer przyjął',
  'step.rebuild.assess.title': 'Wybór sposobu, w jaki serwer znów stanie się zapasowym',
  'step.rebuild.stop.title': 'Zatrzymanie tego, co jeszcze działa na odbudowywanym serwerze',
  'step.rebuild.rewind-access.title': 'Dostęp pg_rewind do serwera podstawowego',
  'step.rebuild.disk.title': 'Miejsce na kopię obok starych danych',
  'step.rebuild.slot.title': 'Slot na serwerze podstawowym, z ograniczeniem',
  'step.rebuild.set-aside.title': 'Odłożenie starego katalogu danych na bok',
  'step.rebuild.clone-directory.title': 'Pusty katalog na kopię',
  'step.rebuild.clone.title': 'Kopiowanie serwera podstawowego (pg_basebackup)',
  'step.rebuild.verify-clone.title': 'Sprawdzenie kopii z jej manifestem',
  'step.rebuild.configure-clone.title': 'Nadanie kopii roli serwera zapasowego',
  'step.rebuild.put-in-place.title': 'Wstawienie kopii na miejsce',
  'step.rebuild.rewind.title': 'Cofnięcie serwera do miejsca rozejścia się danych (pg_rewind)',
  'step.rebuild.configure.title': 'Nadanie cofniętemu serwerowi roli zapasowego',
  'step.rebuild.old-slot.title': 'Usunięcie slotu z czasu, gdy był podstawowym',
  'step.rebuild.old-data.title': 'Usunięcie odłożonego starego katalogu danych',
  // ustalenia
  'finding.zero-loss.title': 'Nic nie zostało utracone',
  'finding.zero-loss.detail':
    '{verdict, select, ok {serwer podstawowy zakończył na {checkpoint}; zapasowy odebrał {received} i odtworzył {replayed}} other {serwer podstawowy zakończył na {checkpoint}; zapasowy odebrał {received}, a odtworzył tylko {replayed}}}',
  'finding.zero-loss.next':
    'Niczego nie promowano. Sprawdź, dlaczego serwer zapasowy nie odtwarza: wywołaj dla niego logs.',
  'finding.ghost.writes.title': 'Co stary serwer podstawowy przyjął po utracie roli',
  'finding.ghost.writes.detail':
    '{verdict, select, ok {nic} unknown {nie da się ustalić ({reason})} other {{transactions, plural, one {# transakcja} few {# transakcje} many {# transakcji} other {# transakcji}}, {bytes, number} B WAL, od {fork} na linii czasu {timeline}}}',
  'finding.ghost.writes.next':
    'Niczego nie usunięto. Zanim ten serwer zostanie odbudowany, ktoś powinien sprawdzić, czy wpisane tam dane trzeba wprowadzić ponownie na nowym serwerze podstawowym.',
  'finding.rebuild.way.title': 'Sposób powrotu do roli zapasowego',
  'finding.rebuild.way.detail':
    '{way, select, rewind {pg_rewind} clone {nowa kopia} other {wystarczy go uruchomić}}: {reason, select, forked {opuścił wspólną drogę w {fork} i da się to cofnąć} behind {nigdy nie opuścił wspólnej drogi} same_timeline {oba są na tej samej linii czasu, więc pg_rewind nie zobaczyłby miejsca rozejścia} no_hints {nie ma ani sum kontrolnych, ani wal_log_hints} no_ancestor {serwer podstawowy nie pochodzi z jego linii czasu} wal_recycled {nie ma już jego WAL z tego czasu, a pg_rewind go potrzebuje} no_program {brakuje tam pg_rewind} no_data {nie ma katalogu danych} other_system {jego dane pochodzą z innego systemu baz danych} half_rewound {wcześniejszy pg_rewind nie dobiegł końca} asked {tak zlecono} unreadable {jego danych nie da się odczytać} begun {to już rozpoczęto} slot_lost {jego slot na serwerze podstawowym przepadł} other {jest serwerem zapasowym tego podstawowego}}',
  'finding.rebuild.way.next': 'Tu niczego nie trzeba naprawiać.',
  'finding.old-data.title': 'Stary katalog danych, odłożony na bok',
  'finding.old-data.detail': '{path}: {megabytes, number} MB',
  'finding.old-data.next': 'Gdy nikomu nie będzie już potrzebny: zapas rebuild {cluster} --discard-old',
  // błędy
  'error.switchover.lagging.what':
    'Serwer zapasowy {host} jest opóźniony o {megabytes, number} MB; przełączenie kazałoby placówce długo czekać.',
  'error.switchover.lagging.hint': 'Poczekaj, aż nadrobi (zapas status), albo wybierz spokojniejszą porę.',
  'error.switchover.not-clean.what':
    'Serwer podstawowy {host} nie zatrzymał się prawidłowo ({state}), więc nie ma dowodu, że zapasowy ma wszystko.',
  'error.switchover.not-clean.hint':
    'Uruchomiono go ponownie jako podstawowy. Przeczytaj jego pg_log; jeśli nie da się go zatrzymać prawidłowo, zaplanuj przełączenie awaryjne.',
  'error.rebuild.newer-timeline.what':
    '{host} jest na linii czasu {timeline}, nowszej niż {primary} serwera podstawowego: promowano go później. Odbudowa odrzuciłaby nowsze dane.',
  'error.rebuild.newer-timeline.hint':
    'Najpierw ustal, na którym z nich pracuje placówka. Jeśli na podstawowym: zapas rebuild {cluster, select, absent {<para>} other {{cluster}}} --method clone; tamte dane zostaną zachowane obok. Jeśli na {host}: zapas accept-roles {cluster, select, absent {<para>} other {{cluster}}}',
  'error.rebuild.own-volume.what':
    '{path} na serwerze {host} jest osobnym woluminem: punktu montowania nie da się przemianować, więc nowej kopii nie można wstawić na jego miejsce ani zachować starych danych obok.',
  'error.rebuild.own-volume.hint':
    'Zrób z katalogu danych folder na tym woluminie: zatrzymaj PostgreSQL na {host}, zamontuj wolumin jako {path}.volume (także w /etc/fstab), przenieś jego zawartość do {path}.volume/data, usuń pusty {path}, potem: ln -s {path}.volume/data {path}; i jeszcze raz: zapas rebuild {cluster, select, absent {<para>} other {{cluster}}}',
  'error.rebuild.still-primary.what': '{host} działa jako osobny serwer podstawowy i przyjmuje zapisy.',
  'error.rebuild.still-primary.hint':
    'Najpierw go odetnij: zapas fence {cluster, select, absent {<para>} other {{cluster}}}',
  'error.rebuild.not-rewindable.what': 'Serwera {host} nie da się cofnąć ({reason}).',
  'error.rebuild.not-rewindable.hint': 'Odbuduj go z nowej kopii: opcja --method clone.',
  'error.rebuild.half-rewound.what':
    'Wcześniejszy pg_rewind na {host} nie dobiegł końca. Jego katalogu danych nie wolno już uruchamiać.',
  'error.rebuild.half-rewound.hint':
    'Odbuduj go z nowej kopii: opcja --method clone. Katalog zostanie odłożony na bok.',
  'error.rebuild.rewind-refused.what':
    'pg_rewind nie może cofnąć serwera {host} (kod {exit}): {detail}. Jego danych nie naruszono.',
  'error.rebuild.rewind-refused.hint':
    'Odbuduj go z nowej kopii: zapas rebuild {cluster, select, absent {<para>} other {{cluster}}} --method clone. Stare dane zostaną odłożone na bok.',
  'error.fence.roles-unclear.what':
    'Nie da się ustalić, czy {host} utracił swoją rolę ({detail}); niczego nie zatrzymano.',
  'error.fence.roles-unclear.hint':
    'Porównaj linie czasu obu serwerów (zapas status). Jeśli {host} promowano bez Zapasu i jest właściwy: zapas accept-roles {cluster, select, absent {<para>} other {{cluster}}}. W przeciwnym razie zatrzymaj niewłaściwy ręcznie.',
  'error.run.not-put-back.what':
    '{step}: nie udało się{host, select, absent {} other { na {host}}} ({code}). Serwer podstawowy może być nadal ZATRZYMANY.',
  'error.run.not-put-back.hint':
    'Usuń przeszkodę, a potem rozstrzygnij przebieg przez «retry»: przywracanie będzie kontynuowane.',
  'error.policy.reason-missing.what':
    '{kind, select, freeze {W placówce {site} nie wolno teraz nic zmieniać: {freeze} (do {until}).} other {To pora poza oknami serwisowymi pary {cluster}.}}',
  'error.policy.reason-missing.hint': 'Jeśli to musi być teraz, podaj powód opcją --reason; zobaczy go zatwierdzający.',
  // karty
  'value.action.switchover': 'PRZEŁĄCZENIE PLANOWE: oba serwery są sprawne, w ustalonym porządku zamieniają się rolami',
  'field.reason': 'Powód',
  'approval.loss-planned':
    'nic: serwer zapasowy jest promowany dopiero, gdy ma wszystko aż do końcowego punktu kontrolnego',
  'approval.planned':
    'Najpierw serwer podstawowy jest prawidłowo zatrzymywany. Jeśli przed promowaniem cokolwiek się nie uda, {primary} wystartuje ponownie jako podstawowy.',
  'confirm.title-rebuild': 'Potwierdź: {runbook} – {cluster}, zmiana tego, co jest na {standby}',
  'confirm.text-rebuild': 'Zlecenie: {person}. Placówka nadal pracuje na {primary}; na serwerze {standby} nastąpi:',
  'result.switchover': '{standby} jest teraz serwerem podstawowym, a {primary} podąża za nim jako zapasowy.',
  'result.rebuild': '{standby} znów podąża za {primary}. Zapytano oba serwery i oba to potwierdzają.',
  'result.rebuild-unchanged': 'Niczego nie trzeba było zmieniać: {standby} już podąża za {primary}.',
  'result.fence': '{standby} jest zatrzymany i nie wystartuje sam.',
  'result.fence-unchanged': 'Niczego nie trzeba było zatrzymywać: {standby} nie działa jako podstawowy.',
  'result.undone': 'Przywrócono: {steps}',
  'result.next-fence': 'Gdy będzie wiadomo, co przyjął, przywróć go do roli zapasowego: {command}',
} as const;
