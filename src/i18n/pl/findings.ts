/** Co mówi lista kontrolna. `detail` zależy od oceny, `next` mówi, co zrobić. */
export const findings = {
  'finding.os.type.title': 'Rodzaj systemu operacyjnego',
  'finding.os.type.detail':
    '{verdict, select, ok {{primary} na obu serwerach} other {podstawowy: {primary}, zapasowy: {standby}}}',
  'finding.os.type.next':
    'Na serwerze zapasowym musi działać ta sama dystrybucja i architektura co na podstawowym; na innej kopia nie zadziała.',
  'finding.os.version.title': 'Wersja systemu operacyjnego',
  'finding.os.version.detail':
    '{verdict, select, ok {{primary} na obu serwerach} other {podstawowy: {primary}, zapasowy: {standby}}}',
  'finding.os.version.next':
    'Doprowadź oba serwery do tej samej wersji. Inna wersja może inaczej sortować teksty, a wtedy indeksy dają błędne wyniki.',
  'finding.link.speed.title': 'Łącze między serwerami',
  'finding.link.speed.detail':
    '{verdict, select, unknown {nie da się zmierzyć: serwer podstawowy nie odpowiada na ping{card, plural, =0 {} other {; karta sieciowa podaje # Mb/s}}} other {{measured, plural, =0 {karta sieciowa: {card, number} Mb/s} other {około # Mb/s}}, zalecane {wanted, number} Mb/s}}',
  'finding.link.speed.next':
    '{verdict, select, unknown {Poproś administratora sieci o potwierdzenie 1 Gb/s w obie strony albo zezwól na ICMP między serwerami i sprawdź ponownie.} other {Sprawdź okablowanie, porty przełącznika i karty: instrukcja zaleca 1 Gb/s w obie strony.}}',
  'finding.incremental-backup.title': 'Kopia przyrostowa',
  'finding.incremental-backup.detail':
    '{verdict, select, ok {nie znaleziono} other {{summarizeWal, select, on {summarize_wal jest włączone} other {summarize_wal jest wyłączone}}{jobs, plural, =0 {} one {; # zadanie: {paths}} few {; # zadania: {paths}} many {; # zadań: {paths}} other {; # zadania: {paths}}}}}',
  'finding.incremental-backup.next':
    'Producent nie wspiera kopii przyrostowych razem z replikacją. Przejdź na pełne kopie i wyłącz summarize_wal.',
  'finding.disk.space.title': 'Wolne miejsce na dysku',
  'finding.disk.space.detail': '{path}: wolne {free, number} MB{needed, plural, =0 {} other {, potrzeba # MB}}',
  'finding.disk.space.next': 'Zwolnij miejsce na woluminie z {path} i sprawdź ponownie.',
  'finding.walsenders.title': 'Połączenia dla serwerów zapasowych (max_wal_senders)',
  'finding.walsenders.detail': 'zajęte {used, number} z {limit, number}, potrzeba jeszcze {needed, number}',
  'finding.walsenders.next':
    'Uruchomienie replikacji zwiększy max_wal_senders przy okazji restartu serwera podstawowego.',
  'finding.slots.title': 'Gniazda replikacji (max_replication_slots)',
  'finding.slots.detail': 'zajęte {used, number} z {limit, number}, potrzeba jeszcze {needed, number}',
  'finding.slots.next':
    'Uruchomienie replikacji zwiększy max_replication_slots przy okazji restartu serwera podstawowego.',
  'finding.parameters.title': 'Parametry, które na serwerze zapasowym nie mogą być niższe',
  'finding.parameters.detail': '{verdict, select, ok {wystarczające} other {za niskie na serwerze zapasowym: {names}}}',
  'finding.parameters.next':
    'Zwiększ {names} na serwerze zapasowym do wartości z podstawowego i uruchom zapasowy ponownie; do tego czasu odtwarzanie może stanąć, a serwera nie wolno promować.',
  'finding.version.minor.title': 'Wersja PostgreSQL',
  'finding.version.minor.detail':
    '{verdict, select, ok {{primary} na obu serwerach} unknown {podstawowy: {primary}; na zapasowym nie ma jeszcze programów} other {podstawowy: {primary}, zapasowy: {standby}}}',
  'finding.version.minor.next':
    '{verdict, select, failed {Na obu serwerach musi być PostgreSQL 17.} unknown {Programy zostaną pobrane z archiwum wskazanego w konfiguracji.} other {Doprowadź oba serwery do tej samej wersji: przeczytaj informacje o wydaniu, potem zaktualizuj najpierw serwer zapasowy.}}',
  'finding.certificate.files.title': 'Certyfikat i klucz',
  'finding.certificate.files.detail':
    '{problem, select, none {w porządku: {path}} unreadable {brak pliku albo konto usługi nie może go odczytać: {path}} permissions {klucz mogą czytać inni, więc PostgreSQL go odrzuci: {path}} otherKey {ten klucz należy do innego certyfikatu: {path}} otherRoot {certyfikat nie jest podpisany przez certyfikat główny: {path}} sslOff {na serwerze podstawowym TLS jest wyłączony (ssl = off)} noRoot {serwer podstawowy nie wskazuje certyfikatu głównego (ssl_ca_file jest puste)} other {{path}}}',
  'finding.certificate.files.next':
    '{problem, select, permissions {Oddaj klucz kontu usługi i nadaj mu prawa 0600.} sslOff {Włącz TLS na serwerze podstawowym: ssl = on oraz ssl_cert_file, ssl_key_file i ssl_ca_file.} noRoot {Ustaw na serwerze podstawowym ssl_ca_file na certyfikat główny, którym podpisano certyfikaty klientów.} other {Umieść właściwy plik w {path} tak, by konto usługi mogło go odczytać.}}',
  'finding.certificate.expiry.title': 'Ważność certyfikatu',
  'finding.certificate.expiry.detail':
    '{verdict, select, failed {{path}: certyfikat wygasł {until}} other {{path}: ważny do {until} ({days, plural, one {# dzień} few {# dni} many {# dni} other {# dnia}})}}',
  'finding.certificate.expiry.next':
    'Wystaw nowy certyfikat dla {path} i umieść go na obu serwerach, zanim obecny wygaśnie.',
  'finding.backup-login.title': 'Login kopii bazowej',
  'finding.backup-login.detail':
    '{problem, select, none {{user}: ma prawo do replikacji, a hasło zgadza się z podanym Zapasowi} role_missing {na serwerze podstawowym nie ma loginu {user}} role_without_replication {login {user} nie ma prawa REPLICATION} password_missing {login {user} nie ma hasła na serwerze podstawowym} other {{user}: hasło podane Zapasowi jest inne niż na serwerze podstawowym}}',
  'finding.backup-login.next':
    '{problem, select, password_refused {Umieść właściwe hasło tam, gdzie wskazuje backupPassword w konfiguracji.} other {Na serwerze podstawowym nadaj loginowi {user} prawa LOGIN i REPLICATION oraz hasło, na które wskazuje backupPassword w konfiguracji.}}',
  'finding.data-directory.title': 'Katalog danych serwera zapasowego',
  'finding.data-directory.detail':
    '{state, select, free {{path} jest wolny} ours {w {path} jest serwer zapasowy tego podstawowego} other {w {path} jest coś innego}}{leftovers, plural, =0 {} one {; obok jest # niedokończona kopia z wcześniejszego przebiegu} few {; obok są # niedokończone kopie z wcześniejszych przebiegów} many {; obok jest # niedokończonych kopii z wcześniejszych przebiegów} other {; obok jest # niedokończonej kopii z wcześniejszych przebiegów}}',
  'finding.data-directory.next':
    '{verdict, select, failed {Sprawdź, co jest w {path}. Zapas niczego tam nie rusza: przenieś zawartość samodzielnie albo popraw dataDir w konfiguracji.} other {Uruchomienie replikacji usunie własne niedokończone kopie.}}',
  'finding.tablespaces.title': 'Przestrzenie tabel',
  'finding.tablespaces.detail':
    '{verdict, select, ok {{count, plural, =0 {brak} one {# przestrzeń, jej miejsce jest wolne} few {# przestrzenie, ich miejsca są wolne} many {# przestrzeni, ich miejsca są wolne} other {# przestrzeni, ich miejsca są wolne}}} other {zajęte na serwerze zapasowym: {paths}}}',
  'finding.tablespaces.next':
    'Przestrzenie tabel są kopiowane do tych samych ścieżek: zwolnij {paths} na serwerze zapasowym.',
  'finding.port.reachable.title': 'Port bazy serwera podstawowego widziany z zapasowego',
  'finding.port.reachable.detail':
    '{state, select, open {{address}, port {port, number, ::group-off}: dostępny} refused {{address}, port {port, number, ::group-off}: nikt tam jeszcze nie nasłuchuje} silent {{address}, port {port, number, ::group-off}: brak odpowiedzi, jak za zaporą} other {nie da się sprawdzić: na serwerze zapasowym nie ma ani bash, ani python3}}',
  'finding.port.reachable.next':
    'Uruchomienie replikacji otworzy port w znanych zaporach (ufw, firewalld, nftables) i włączy nasłuchiwanie na serwerze podstawowym. Zaporę stojącą między serwerami musi otworzyć jej administrator.',
  'finding.clock.skew.title': 'Zegar',
  'finding.clock.skew.detail':
    '{verdict, select, ok {dobrze ustawiony} other {różnica: {seconds, plural, one {# sekunda} few {# sekundy} many {# sekund} other {# sekundy}}}}',
  'finding.clock.skew.next': 'Włącz synchronizację czasu (timedatectl set-ntp true).',
  'finding.rewind-possible.title': 'Powrót starego serwera podstawowego bez nowej kopii',
  'finding.rewind-possible.detail':
    '{verdict, select, ok {możliwy (sumy kontrolne: {checksums}, wal_log_hints: {hints})} other {niemożliwy: nie ma ani sum kontrolnych, ani wal_log_hints}}',
  'finding.rewind-possible.next':
    'Ustaw wal_log_hints = on przy najbliższym restarcie serwera podstawowego. Bez tego po przełączeniu awaryjnym stary serwer trzeba będzie skopiować od nowa.',
  'finding.archiving.title': 'Archiwizacja WAL',
  'finding.archiving.detail': '{verdict, select, ok {wyłączona} other {archive_mode = {mode}}}',
  'finding.archiving.next':
    'Upewnij się, że oba serwery nigdy nie archiwizują w to samo miejsce; po przełączeniu archiwizuje także nowy serwer podstawowy.',
  'finding.sessions.title': 'Połączeni użytkownicy',
  'finding.sessions.detail':
    '{count, plural, =0 {nikt nie jest połączony} one {restart przerwie # sesję} few {restart przerwie # sesje} many {restart przerwie # sesji} other {restart przerwie # sesji}}',
  'finding.sessions.next': 'Wybierz porę, gdy nikt nie pracuje, albo poproś użytkowników o wylogowanie.',
  'finding.primary.running.title': 'Serwer podstawowy',
  'finding.primary.running.detail':
    '{verdict, select, ok {działa, PostgreSQL {version}} unknown {jest nieosiągalny} other {{state, select, stopped {jest zatrzymany} crashed {nie działa i nie został poprawnie zatrzymany} absent {nie ma katalogu danych pod ścieżką z konfiguracji} starting {uruchamia się} stopping {zatrzymuje się} hung {nie odpowiada} running {działa, ale nie wpuszcza Zapasu} other {nie działa}}}}',
  'finding.primary.running.next':
    '{verdict, select, unknown {Sprawdź łącze do serwera podstawowego i samą maszynę.} other {Uruchom PostgreSQL na serwerze podstawowym i przejrzyj jego pg_log. Jeśli nie da się go uruchomić, wykonaj przełączenie awaryjne (failover).}}',
  'finding.primary.role.title': 'Rola serwera podstawowego',
  'finding.primary.role.detail':
    '{verdict, select, ok {jest serwerem podstawowym} other {jest w trybie odtwarzania, czyli sam jest serwerem zapasowym}}',
  'finding.primary.role.next': 'Ustal, który z dwóch serwerów jest podstawowy, i popraw konfigurację.',
  'finding.standby.role.title': 'Rola serwera zapasowego',
  'finding.standby.role.detail':
    '{verdict, select, ok {jest serwerem zapasowym} unknown {jest nieosiągalny} other {{state, select, absent {nie ma jeszcze serwera zapasowego} running {nie jest serwerem zapasowym: przyjmuje zapisy} stopped {jest zatrzymany} crashed {nie działa i nie został poprawnie zatrzymany} starting {uruchamia się} other {nie działa}}}}',
  'finding.standby.role.next':
    '{state, select, absent {Uruchom replikację (setup).} running {Nie zapisuj na nim niczego. Ustal, kto go promował i który z dwóch serwerów ma właściwe dane.} unreachable {Sprawdź łącze do serwera zapasowego i samą maszynę.} other {Uruchom PostgreSQL na serwerze zapasowym i przejrzyj jego pg_log.}}',
  'finding.streaming.title': 'Replikacja',
  'finding.streaming.detail':
    '{verdict, select, ok {serwer zapasowy nadąża za podstawowym} unknown {nie da się ustalić} other {serwer zapasowy nie odbiera zmian z podstawowego (odbiornik: {state})}}',
  'finding.streaming.next':
    'Wywołaj logs dla serwera zapasowego: pg_log wskaże przyczynę i serwer, który trzeba naprawić.',
  'finding.replay.title': 'Odtwarzanie',
  'finding.replay.detail': '{verdict, select, ok {trwa} other {stoi ({state})}}',
  'finding.replay.next':
    'Ustal, dlaczego odtwarzanie stoi: zatrzymano je ręcznie (kończy to pg_wal_replay_resume) albo któryś parametr jest niższy niż na serwerze podstawowym. W tym stanie serwera nie wolno promować.',
  'finding.lag.title': 'Opóźnienie serwera zapasowego',
  'finding.lag.detail':
    '{verdict, select, unknown {nie da się ustalić} other {{megabytes, number} MB, {seconds, plural, one {# sekunda} few {# sekundy} many {# sekund} other {# sekundy}}}}',
  'finding.lag.next': 'Sprawdź łącze między serwerami i dyski serwera zapasowego.',
  'finding.slot.state.title': 'Gniazdo replikacji',
  'finding.slot.state.detail':
    '{status, select, none {nie ma żadnego} lost {{slot}: utracone, jego WAL już nie istnieje} inactive {{slot}: nikt go nie używa, a zatrzymuje WAL; do utraty zostało {left, number} MB} unused {{slot}: w użyciu, niczego jeszcze nie zatrzymuje} unreserved {{slot}: zaraz zostanie utracone} other {{slot}: w użyciu{left, plural, =0 {} other {, zapas # MB}}}}',
  'finding.slot.state.next':
    '{status, select, none {Uruchom replikację (setup): bez gniazda jedna noc przerwy może zerwać replikację.} lost {Serwer zapasowy nie nadrobi już zaległości: potrzebna jest nowa kopia.} inactive {Przywróć serwer zapasowy; jeśli nie wróci, usuń gniazdo.} other {Jak najszybciej przywróć serwer zapasowy.}}',
  'finding.timeline.title': 'Linia czasu',
  'finding.timeline.detail':
    '{verdict, select, ok {{primary} na obu serwerach} other {podstawowy: {primary}, zapasowy: {standby}}}',
  'finding.timeline.next': 'Serwery mają różne historie. Serwer zapasowy wymaga pg_rewind albo nowej kopii.',
  'finding.service.start-mode.title': 'Uruchamianie razem z systemem',
  'finding.service.start-mode.detail':
    '{verdict, select, ok {{service} uruchamia się samoczynnie} other {{service} nie uruchamia się samoczynnie}}',
  'finding.service.start-mode.next': 'systemctl enable {service}',
  'finding.hot-standby.title': 'Odczyt z serwera zapasowego',
  'finding.hot-standby.detail': '{verdict, select, ok {możliwy} other {niemożliwy (hot_standby = off)}}',
  'finding.hot-standby.next':
    'Ustaw hot_standby = on i uruchom serwer zapasowy ponownie; inaczej nie widać, jak daleko jest z odtwarzaniem.',
  'finding.cascade.title': 'Serwery zapasowe serwera zapasowego',
  'finding.cascade.detail':
    '{count, plural, =0 {brak} one {# serwer podąża za tym zapasowym} few {# serwery podążają za tym zapasowym} many {# serwerów podąża za tym zapasowym} other {# serwera podąża za tym zapasowym}}',
  'finding.cascade.next':
    'Zapas zajmuje się jednym serwerem zapasowym. Przed przełączeniem zdecyduj, co stanie się z pozostałymi.',
} as const;
