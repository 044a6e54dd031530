/** Teksty błędów: co się stało i (w `hint`) co zrobić dalej. */
export const errors = {
  // konfiguracja i polecenie
  'error.config.invalid.what':
    'Tej konfiguracji nie można użyć: {file, select, absent {} other {{file}}}{line, plural, =0 {} other {, wiersz #}}{key, select, absent {} other {, {key}}}: {detail}{more, plural, =0 {} one { (i jeszcze # problem)} few { (i jeszcze # problemy)} many { (i jeszcze # problemów)} other { (i jeszcze # problemu)}}.',
  'error.config.invalid.hint': 'Popraw to miejsce i uruchom: zapas inventory check',
  'error.config.secret-missing.what':
    'Nie można odczytać sekretu {ref}{detail, select, absent {} other { ({detail})}}.',
  'error.config.secret-missing.hint':
    'Ustaw zmienną albo umieść plik na miejscu, czytelny wyłącznie dla konta Zapasu (chmod 600), i uruchom: zapas doctor',
  'error.input.invalid.what':
    'Tak wpisanego polecenia nie można wykonać{field, select, absent {} other {: {field}{part, select, absent {} other { ({part})}}}}{detail, select, absent {} other {: {detail}}}{problem, select, absent {} other {: {problem}}}.',
  'error.input.invalid.hint': 'Zobacz, jak się je zapisuje: zapas help{command, select, absent {} other { {command}}}',
  'error.input.unknown-command.what': 'Nie ma polecenia «{command}».',
  'error.input.unknown-command.hint':
    '{nearest, select, absent {Zobacz, jakie są polecenia: zapas help} other {Czy chodziło o: {nearest}? Wszystkie polecenia: zapas help}}',
  'error.input.unknown-cluster.what': 'W konfiguracji nie ma pary serwerów «{cluster}».',
  'error.input.unknown-cluster.hint':
    '{nearest, select, absent {Zobacz pary serwerów, do których masz dostęp: zapas who} other {Czy chodziło o: {nearest}?}}',
  'error.input.unknown-run.what': 'Nie ma przebiegu «{run}».',
  'error.input.unknown-run.hint': 'Zobacz ostatnie przebiegi: zapas runs',
  'error.input.unknown-person.what':
    'W konfiguracji nie ma osoby, której konto na platformie {platform} to «{person}».',
  'error.input.unknown-person.hint':
    'Poproś administratora o dopisanie konta osobie w sekcji people konfiguracji, a potem uruchom: zapas inventory check',
  // połączenie z serwerem
  'error.host.unreachable.what':
    'Nie można połączyć się z serwerem {host}{address, select, absent {} other { ({address}{port, plural, =0 {} other {, port {port, number, ::group-off}}})}}: {detail}. Niczego tam nie uruchomiono.',
  'error.host.unreachable.hint':
    'Sprawdź, czy maszyna jest włączona i czy łącze działa, po czym spróbuj ponownie. Jeśli to serwer podstawowy i nie da się go przywrócić: zapas failover {cluster, select, absent {<para>} other {{cluster}}}',
  'error.host.key-changed.what':
    'Serwer {host} przedstawia inny klucz niż zapisany w konfiguracji. Zapisany: {pinned}; przedstawiony: {presented}. To może być inna maszyna.',
  'error.host.key-changed.hint':
    'Najpierw ustal przyczynę. Tylko jeśli serwer naprawdę zainstalowano od nowa, wpisz jego nowy klucz w hosts.{host}.transport.hostKeys i uruchom: zapas inventory check',
  'error.host.key-unknown.what':
    'W konfiguracji nie ma klucza serwera {host}, więc nie wiadomo, czy to właściwa maszyna.',
  'error.host.key-unknown.hint':
    'Odczytaj klucz na samym serwerze (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub) i wpisz go w hosts.{host}.transport.hostKeys.',
  'error.host.certificate-refused.what':
    'Usłudze WinRM serwera {host} nie można zaufać: {reason, select, certificate_expired {jej certyfikat wygasł} certificate_not_yet_valid {jej certyfikat nie jest jeszcze ważny} certificate_name {jej certyfikat wystawiono na inną nazwę} certificate_pin {przedstawia inny certyfikat niż zapisany w konfiguracji} certificate_untrusted {jej certyfikat podpisał urząd, którego nie ma w konfiguracji} unsealed {odpowiedziała bez szyfrowania} other {żąda słabszych zabezpieczeń, niż Zapas dopuszcza}} ({detail}). Niczego do niej nie wysłano.',
  'error.host.certificate-refused.hint':
    '{reason, select, certificate_expired {Odnów na serwerze certyfikat nasłuchu WinRM.} certificate_not_yet_valid {Porównaj zegar serwera z zegarem tej maszyny.} certificate_name {Wpisz jako adres w hosts.{host} nazwę z certyfikatu albo odnów certyfikat.} certificate_pin {Najpierw ustal przyczynę. Tylko jeśli certyfikat naprawdę odnowiono, wpisz jego SHA-256 do konfiguracji.} certificate_untrusted {Wpisz urząd certyfikacji w hosts.{host}.transport.} other {Ustal, co stoi między tą maszyną a serwerem.}} Potem uruchom: zapas doctor',
  'error.host.not-winrm.what':
    'To, co odpowiada{address, select, absent {} other { pod adresem {address}{port, plural, =0 {} other {, port {port, number, ::group-off}}}}} zamiast serwera {host}, nie jest usługą WinRM: {detail}.',
  'error.host.not-winrm.hint':
    'Sprawdź adres i port w hosts.{host} (5986 dla HTTPS, 5985 dla HTTP), a na serwerze: winrm enumerate winrm/config/listener',
  'error.host.auth-failed.what':
    'Serwer {host} nie wpuszcza konta {user}{detail, select, absent {} other {: {detail}}}.',
  'error.host.auth-failed.hint':
    '{reason, select, clock_skew {Ustaw poprawnie zegar serwera lub tej maszyny: różnią się o {seconds, number} s. Sprawdź też hasło, po czym uruchom: zapas doctor} method_refused {Zezwól na serwerze na ten sposób logowania (winrm get winrm/config/service/auth) albo wybierz inny w hosts.{host}.transport, po czym uruchom: zapas doctor} login_refused {Sprawdź user i password w hosts.{host}.transport, po czym uruchom: zapas doctor. Zapas nie próbuje ponownie sam, bo zablokowałby konto.} other {Sprawdź user, privateKey lub password w hosts.{host}.transport oraz authorized_keys na serwerze, po czym uruchom: zapas doctor}}',
  'error.host.access-denied.what':
    'Serwer {host} wpuszcza konto {user}, ale nie pozwala mu uruchamiać poleceń przez WinRM: {detail}.',
  'error.host.access-denied.hint':
    'Nadaj temu kontu na serwerze potrzebne uprawnienia (grupa Użytkownicy zarządzania zdalnego, a do zmian uprawnienia administratora), po czym uruchom: zapas doctor',
  'error.host.become-failed.what':
    'Na serwerze {host} konto {login} nie może działać {account, select, absent {jako administrator} other {jako {account}}}: {detail}.',
  'error.host.become-failed.hint':
    'Zezwól temu kontu na sudo bez hasła dla poleceń Zapasu albo ustaw become w konfiguracji tak, jak jest na serwerze; potem uruchom: zapas doctor',
  'error.host.busy.what': 'Na serwerze {host} trwa jeszcze inna zmiana wprowadzana przez Zapas.',
  'error.host.busy.hint': 'Poczekaj, aż się skończy: zapas runs. Próba powtórzy się sama.',
  'error.host.quota.what': 'Na serwerze {host} zabrakło zdalnych powłok dla konta {user}: {detail}.',
  'error.host.quota.hint':
    "Próba powtórzy się sama. Jeśli to nie minie, zakończ na serwerze zapomniane powłoki albo podnieś limit: winrm set winrm/config/winrs @'{'MaxShellsPerUser=\"30\"'}'",
  'error.host.refused.what': 'Serwer {host} odrzucił polecenie przed jego uruchomieniem: {detail}.',
  'error.host.refused.hint': 'Usuń przyczynę podaną przez serwer i zleć to samo ponownie.',
  'error.host.fenced.what':
    'Serwer {host} odrzucił zmianę: pracę przejął nowszy proces roboczy{token, select, absent {} other { (żeton {token})}}.',
  'error.host.fenced.hint': 'Nic nie trzeba robić; zobacz, jak przebieg postępuje: zapas runs',
  'error.host.tool-missing.what': 'Na serwerze {host} brakuje programu potrzebnego Zapasowi: {detail}.',
  'error.host.tool-missing.hint':
    'Zainstaluj go menedżerem pakietów (w Debianie: apt-get install util-linux coreutils) i spróbuj ponownie.',
  // wykonywanie poleceń
  'error.exec.outcome-unknown.what':
    'Połączenie z serwerem {host} zerwało się w trakcie polecenia; nie wiadomo, czy zostało wykonane{detail, select, absent {} other { ({detail})}}.',
  'error.exec.outcome-unknown.hint':
    'Gdy serwer znów odpowie, pozwól Zapasowi sprawdzić stan i kontynuować: zapas settle {run, select, absent {<przebieg>} other {{run}}} retry',
  'error.exec.failed.what':
    'Polecenie{host, select, absent {} other { na serwerze {host}}} zakończyło się kodem {exit}: {detail}',
  'error.exec.failed.hint':
    'Usuń przyczynę podaną w komunikacie i zleć to samo ponownie: tego, co już zrobione, Zapas nie rusza.',
  'error.exec.timeout.what':
    'Polecenie na serwerze {host} nie skończyło się w wyznaczonym czasie i zostało przerwane{command, select, absent {} other {: {command}}}.',
  'error.exec.timeout.hint':
    'Sprawdź, czy serwer nie jest przeciążony i czy nie zawiesił się dysk, po czym spróbuj ponownie.',
  'error.exec.aborted.what': 'Przerwano pracę na serwerze {host}.',
  'error.exec.aborted.hint': 'Ktoś zatrzymał przebieg albo proces roboczy kończy pracę. Sprawdź stan: zapas runs',
  'error.fact.unreadable.what':
    'Nie udało się zrozumieć odpowiedzi{host, select, absent {} other { serwera {host}}} ({fact}): {detail}',
  'error.fact.unreadable.hint':
    'Wykonaj to polecenie ręcznie na serwerze. Jeśli wynik wygląda tam zwyczajnie, zgłoś błąd wraz z powyższym wierszem.',
  'error.file.changed.what':
    'Po ułożeniu planu ktoś inny zmienił plik na serwerze {host}, dlatego został bez zmian{path, select, absent {} other {: {path}}}.',
  'error.file.changed.hint': 'Zleć to samo ponownie: plan powstanie wtedy na podstawie obecnej treści pliku.',
  'error.file.write-failed.what': 'Nie udało się zapisać pliku na serwerze {host}: {detail}',
  'error.file.write-failed.hint':
    'Sprawdź wolne miejsce, właściciela i uprawnienia katalogu, po czym spróbuj ponownie. Plik jest taki jak przedtem.',
  'error.job.vanished.what':
    'Długie zadanie «{job}» na serwerze {host} zniknęło bez wyniku{state, select, rebooted {: serwer został uruchomiony ponownie} other {}}.',
  'error.job.vanished.hint':
    'Sprawdź, czy serwer nie był restartowany i czy nie zabrakło pamięci, po czym pozwól Zapasowi kontynuować: zapas settle {run, select, absent {<przebieg>} other {{run}}} retry',
  'error.job.failed.what': 'Długie zadanie «{job}» zakończyło się kodem {exit}: {detail}',
  'error.job.failed.hint': 'Usuń przyczynę podaną w komunikacie i zleć to samo ponownie.',
  // stan serwerów
  'error.preflight.failed.what': 'Sprawdzenie pary {cluster} wykazało, co trzeba najpierw naprawić.',
  'error.preflight.failed.hint': 'Lista z podpowiedzią dla każdego wiersza: zapas check {cluster}',
  'error.primary.not-running.what':
    'PostgreSQL na serwerze podstawowym {host} nie działa{state, select, absent {} other { (stan: {state})}}{detail, select, absent {} other {: {detail}}}.',
  'error.primary.not-running.hint':
    'Uruchom go i obejrzyj jego pg_log. Jeśli nie da się go uruchomić: zapas failover {cluster, select, absent {<para>} other {{cluster}}}',
  'error.primary.not-primary.what':
    'Serwer {host} powinien być podstawowy, ale jego PostgreSQL podąża za innym serwerem.',
  'error.primary.not-primary.hint':
    'Zobacz, który serwer jest teraz podstawowy: zapas status {cluster, select, absent {<para>} other {{cluster}}}. Jeśli drugi promowano bez Zapasu: zapas accept-roles {cluster, select, absent {<para>} other {{cluster}}}',
  'error.primary.alive.what':
    'Serwer podstawowy {host} działa. Promowanie zapasowego dałoby dwa serwery podstawowe, a ich dane by się rozeszły.',
  'error.primary.alive.hint':
    'Jeśli działa, ale stacje go nie widzą, napraw sieć. Jeśli naprawdę ma ustąpić, najpierw zatrzymaj na nim PostgreSQL i spróbuj ponownie.',
  'error.standby.not-running.what':
    'PostgreSQL na serwerze zapasowym {host} nie działa{state, select, absent {} other { (stan: {state})}}.',
  'error.standby.not-running.hint':
    'Uruchom jego usługę i obejrzyj pg_log: zapas logs {cluster, select, absent {<para>} other {{cluster}}}',
  'error.standby.not-standby.what': 'Serwer {host} nie jest serwerem zapasowym tego serwera podstawowego.',
  'error.standby.not-standby.hint':
    'Sprawdź stan obu serwerów: zapas status {cluster, select, absent {<para>} other {{cluster}}}. Jeśli zapasowego jeszcze nie ma: zapas setup {cluster, select, absent {<para>} other {{cluster}}}. Jeśli promowano go bez Zapasu: zapas accept-roles {cluster, select, absent {<para>} other {{cluster}}}',
  'error.standby.already-promoted.what':
    'Serwer zapasowy {host} został już wypromowany: jest na linii czasu {timeline} i przyjmuje zapisy.',
  'error.standby.already-promoted.hint':
    'Zanim ktokolwiek coś zapisze, ustal, kto to zrobił i który serwer ma właściwe dane: zapas status {cluster, select, absent {<para>} other {{cluster}}}. Jeśli ma pozostać podstawowym: zapas accept-roles {cluster, select, absent {<para>} other {{cluster}}}',
  'error.standby.not-streaming.what': 'Serwer zapasowy {host} nie odbiera WAL z serwera podstawowego.',
  'error.standby.not-streaming.hint':
    'Przyczynę podaje jego pg_log: zapas logs {cluster, select, absent {<para>} other {{cluster}}}',
  'error.standby.replay-paused.what':
    'Serwer zapasowy {host} odbiera WAL, ale go nie odtwarza{reason, select, absent {} other { (przyczyna: {reason})}}. Promowany w tym stanie mógłby utracić nieodtworzone dane albo się zawiesić.',
  'error.standby.replay-paused.hint':
    'Na serwerze zapasowym wykonaj: select pg_wal_replay_resume(); jeśli któryś parametr jest tam za niski, zwiększ go i uruchom serwer ponownie. Potem spróbuj jeszcze raz.',
  'error.standby.hot-standby-off.what':
    'Serwer zapasowy {host} nie odpowiada na zapytania (hot_standby = off), więc nie da się ocenić jego stanu.',
  'error.standby.hot-standby-off.hint':
    'Ustaw hot_standby = on w jego postgresql.conf, uruchom go ponownie i spróbuj jeszcze raz.',
  'error.standby.recovery-target.what':
    'Serwer zapasowy {host} ma {setting} = {value}: celowo wstrzymuje odtwarzanie, a promowanie utraciłoby wstrzymane dane.',
  'error.standby.recovery-target.hint':
    'Usuń {setting} na serwerze zapasowym, uruchom go ponownie, poczekaj, aż nadrobi, i spróbuj jeszcze raz.',
  'error.standby.synchronous.what':
    'Serwer zapasowy {host} ma synchronous_standby_names = {value}: po promowaniu każdy zapis czekałby na serwer zapasowy, którego nie ma.',
  'error.standby.synchronous.hint':
    'Na serwerze zapasowym wykonaj: alter system reset synchronous_standby_names; select pg_reload_conf(); i spróbuj ponownie.',
  'error.standby.not-consistent.what':
    'Kopia na serwerze {host} nie jest jeszcze spójna (kopiowanie bazy nigdy się nie zakończyło). Nie wolno jej promować.',
  'error.standby.not-consistent.hint':
    'Pozwól jej nadrobić, póki działa serwer podstawowy, albo skopiuj bazę od nowa: zapas setup {cluster, select, absent {<para>} other {{cluster}}}',
  'error.standby.timeline-mismatch.what': 'Historie serwerów nie pasują do siebie na {host}: {detail}.',
  'error.standby.timeline-mismatch.hint':
    'Ktoś wcześniej wypromował jeden z nich. Ustal, który serwer ma właściwe dane: zapas status {cluster, select, absent {<para>} other {{cluster}}}',
  'error.standby.unexpected-signal-file.what':
    'Na serwerze {host} jest plik {file}: serwer odtwarza dane w innym trybie niż zapasowy.',
  'error.standby.unexpected-signal-file.hint':
    'Ustal, kto coś tam odtwarza. Tylko jeśli nikt, przenieś plik w inne miejsce i spróbuj ponownie.',
  'error.version.unsupported.what':
    'PostgreSQL na serwerze {host} ma wersję {version}, a procedura dotyczy wersji 17{path, select, absent {} other { ({path})}}.',
  'error.version.unsupported.hint':
    'Wskaż w binDir programy PostgreSQL 17 albo poproś producenta o aktualizację serwera; potem uruchom: zapas check {cluster, select, absent {<para>} other {{cluster}}}',
  'error.os.mismatch.what': 'Serwery mają różne systemy operacyjne: {primary} i {standby}. Kopia by nie działała.',
  'error.os.mismatch.hint':
    'Zainstaluj na serwerze zapasowym ten sam system co na podstawowym i uruchom: zapas check {cluster, select, absent {<para>} other {{cluster}}}',
  'error.disk.full.what':
    'Za mało miejsca na dysku serwera {host}{path, select, absent {} other { dla {path}}}{needed, plural, =0 {} other {: potrzeba # MB, wolne {free, number} MB}}{detail, select, absent {} other {: {detail}}}.',
  'error.disk.full.hint':
    'Zwolnij miejsce na tym woluminie albo go powiększ i uruchom: zapas check {cluster, select, absent {<para>} other {{cluster}}}',
  'error.data-directory.occupied.what':
    'Katalog danych {path} na serwerze {host} nie jest pusty i nie jest kopią wykonaną przez Zapas dla tej pary{detail, select, absent {} other { ({detail})}}. Nie został ruszony.',
  'error.data-directory.occupied.hint':
    'Zobacz, co w nim jest. Przenieś zawartość samodzielnie albo popraw dataDir w konfiguracji; potem uruchom: zapas check {cluster, select, absent {<para>} other {{cluster}}}',
  'error.tablespace.occupied.what':
    'Miejsce przestrzeni tabel jest zajęte na serwerze {host}: {path}. Nie zostało ruszone.',
  'error.tablespace.occupied.hint': 'Zobacz, co tam jest, przenieś to samodzielnie i spróbuj ponownie.',
  'error.certificate.missing.what':
    '{detail, select, unreadable {Na serwerze {host} brakuje certyfikatu lub klucza albo konto usługi nie może go odczytać: {path}} permissions {Klucz {path} na serwerze {host} mogą czytać inni, dlatego PostgreSQL go odrzuca} otherKey {Klucz {path} na serwerze {host} należy do innego certyfikatu} otherRoot {Certyfikat {path} na serwerze {host} nie jest podpisany przez certyfikat główny} sslOff {Na serwerze {host} TLS jest wyłączony (ssl = off)} noRoot {Serwer podstawowy {host} nie wskazuje certyfikatu głównego (ssl_ca_file jest puste)} other {Nie można użyć certyfikatu lub klucza na serwerze {host}: {path}}}.',
  'error.certificate.missing.hint':
    '{detail, select, permissions {Na serwerze wykonaj: chmod 600 {path}; chown <konto usługi> {path}} sslOff {Ustaw na serwerze podstawowym ssl = on oraz ssl_cert_file, ssl_key_file i ssl_ca_file, po czym spróbuj ponownie.} noRoot {Ustaw na serwerze podstawowym ssl_ca_file na certyfikat główny, którym podpisano certyfikaty klientów, i spróbuj ponownie.} other {Umieść właściwy plik w {path}, czytelny dla konta usługi, i uruchom: zapas check {cluster, select, absent {<para>} other {{cluster}}}}}',
  'error.certificate.expired.what': 'Certyfikat {path} na serwerze {host} stracił ważność {expired}.',
  'error.certificate.expired.hint':
    'Uzyskaj nowy certyfikat, umieść go na miejscu i uruchom: zapas check {cluster, select, absent {<para>} other {{cluster}}}',
  'error.binaries.missing.what':
    'Na serwerze {host} brakuje programów PostgreSQL 17 w {path}{programs, select, absent {} other {: {programs}}}.',
  'error.binaries.missing.hint':
    'Podaj dla pary archive (url i sha256) w konfiguracji albo rozpakuj tam archiwum producenta ręcznie; potem spróbuj ponownie.',
  'error.binaries.checksum.what':
    'Archiwum z {url} nie jest tym, którego oczekuje konfiguracja: SHA-256 {found} zamiast {expected}. Nie zostało rozpakowane.',
  'error.binaries.checksum.hint':
    'Zapytaj producenta o właściwą sumę. Tylko jeśli archiwum jest autentyczne, popraw archive.sha256 w konfiguracji.',
  'error.pg-hba.rejected.what':
    'Serwer podstawowy {host} nie przyjmuje swojego pg_hba.conf{file, select, absent {} other { ({file})}}: {detail, select, absent {nie można go odczytać} other {{detail}}}. Przywrócono poprzedni plik.',
  'error.pg-hba.rejected.hint':
    'Na serwerze podstawowym wykonaj: select * from pg_hba_file_rules where error is not null; popraw te wiersze i spróbuj ponownie.',
  'error.postgresql-conf.rejected.what':
    'Nie można zmienić konfiguracji PostgreSQL na serwerze {host}{file, select, absent {} other { ({file})}}: {detail, select, absent {pliku nie można odczytać} other {{detail}}}. Jest taka jak przedtem.',
  'error.postgresql-conf.rejected.hint':
    'Na tym serwerze wykonaj: select * from pg_file_settings where error is not null; popraw te wiersze i spróbuj ponownie.',
  'error.postgresql.format.what': 'Nie można odczytać: {what}{line, plural, =0 {} other {, wiersz #}}: {problem}.',
  'error.postgresql.format.hint':
    'Popraw ten wiersz ręcznie i spróbuj ponownie. Zapas nie zmienia pliku, którego nie rozumie w całości.',
  'error.replication.login-failed.what':
    'Serwer zapasowy {host} nie może zalogować się do podstawowego{user, select, absent {} other { jako {user}}}: {detail, select, no_hba_entry {w pg_hba.conf nie ma dla niego wiersza} hba_rejects {pg_hba.conf go odrzuca} password_refused {hasło zostało odrzucone} password_missing {brak hasła} client_certificate_missing {brakuje certyfikatu klienta albo nie można go odczytać} certificate_refused {serwer podstawowy nie przyjmuje jego certyfikatu klienta} server_certificate_unverified {nie można zweryfikować certyfikatu serwera podstawowego} primary_unreachable {nie można stamtąd połączyć się z portem serwera podstawowego} otherSystem {pod tym adresem odpowiada inny serwer baz danych} role_missing {ten login nie istnieje} role_without_replication {login nie ma prawa REPLICATION} too_many_standbys {serwer podstawowy nie ma wolnego procesu wysyłającego WAL} too_many_connections {serwer podstawowy nie ma wolnych połączeń} other {serwer odpowiada}}{message, select, absent {} other { («{message}»)}}.',
  'error.replication.login-failed.hint':
    'Usuń przyczynę i spróbuj ponownie. Adresy, certyfikaty i loginy pary są w konfiguracji: zapas check {cluster, select, absent {<para>} other {{cluster}}}',
  'error.replication.slot-lost.what':
    'Gniazdo replikacji {slot} na serwerze {host} utraciło WAL, którego serwer zapasowy jeszcze potrzebuje.',
  'error.replication.slot-lost.hint':
    'Serwer zapasowy trzeba skopiować od nowa: usuń gniazdo, przenieś katalog danych serwera zapasowego i uruchom: zapas setup {cluster, select, absent {<para>} other {{cluster}}}',
  'error.redirect.not-verified.what':
    'Ruch przekierowano, ale połączenie zestawione drogą klientów nie trafia na nowy serwer podstawowy{detail, select, absent {} other { ({detail})}}.',
  'error.redirect.not-verified.hint':
    'Sprawdź przepis redirect w konfiguracji i wskazane w nim serwery; potem: zapas settle {run, select, absent {<przebieg>} other {{run}}} retry',
  'error.log.errors-found.what': 'pg_log na serwerze {host} zawiera błąd ({id}): {line}',
  'error.log.errors-found.hint':
    'Zobacz wyciąg z objaśnieniem i miejscem naprawy: zapas logs {cluster, select, absent {<para>} other {{cluster}}}',
  'error.verify.failed.what': 'Krok «{step}» wykonano, ale jego skutku nie widać.',
  'error.verify.failed.hint':
    'Sprawdź stan obu serwerów i pg_log: zapas status {cluster, select, absent {<para>} other {{cluster}}}; zapas logs {cluster, select, absent {<para>} other {{cluster}}}; potem spróbuj ponownie.',
  // przebiegi
  'error.run.cluster-busy.what': 'Inny przebieg zmienia teraz parę {cluster}{run, select, absent {} other {: {run}}}.',
  'error.run.cluster-busy.hint':
    'Poczekaj na jego koniec albo go zatrzymaj: zapas cancel {run, select, absent {<przebieg>} other {{run}}}',
  'error.run.lost-lease.what': 'Przebieg {run} przejął inny proces roboczy.',
  'error.run.lost-lease.hint': 'Nic nie trzeba robić; zobacz, jak postępuje: zapas show {run}',
  'error.run.wrong-state.what':
    'Przebieg {run} jest w stanie «{state, select, queued {czeka na parę serwerów} ready {w toku} waiting {czeka na decyzję} attention {wymaga uwagi} succeeded {udany} failed {nieudany} cancelled {przerwany} other {{state}}}», więc tego nie można teraz zrobić.',
  'error.run.wrong-state.hint': 'Zobacz jego stan: zapas show {run}',
  'error.run.past-point-of-no-return.what':
    'Przebieg {run} minął punkt bez powrotu: zatrzymanie teraz zostawiłoby serwery zmienione w połowie.',
  'error.run.past-point-of-no-return.hint': 'Pozwól mu się zakończyć i obserwuj: zapas show {run}',
  'error.run.stopped.what': 'Przebieg zatrzymał(a): {by}.',
  'error.run.stopped.hint': 'To samo można zlecić ponownie w dowolnej chwili: tego, co już zrobione, Zapas nie rusza.',
  'error.run.drifted.what':
    'Rzeczywistość nie odpowiada już temu, co zatwierdzono{what, select, absent {} other {: {what} — zatwierdzono {approved}, teraz jest {now}}}.',
  'error.run.drifted.hint': 'Plan powstaje na nowo i wymaga ponownego zatwierdzenia. Przedtem porównaj oba.',
  // osoby i zatwierdzenia
  'error.policy.denied.what': '{person} nie może tego zrobić w placówce {site}; potrzebna jest jedna z ról: {needs}.',
  'error.policy.denied.hint': 'Zobacz, kto co może: zapas who. Role nadaje się w konfiguracji, w sekcji people.',
  'error.approval.unlinked.what':
    'To konto nie należy do żadnej osoby znanej Zapasowi, więc o niczym nie decyduje{account, select, absent {} other { ({platform}: {account})}}.',
  'error.approval.unlinked.hint': 'Poproś administratora o powiązanie konta z osobą w konfiguracji.',
  'error.approval.same-person.what':
    '{person} bierze udział w tym zleceniu, a zatwierdzić musi druga osoba. Inne konto tej samej osoby niczego nie zmienia.',
  'error.approval.same-person.hint': 'Poproś kogoś, kto może zatwierdzić: zapas who',
  'error.approval.not-approver.what': '{person} nie jest osobą zatwierdzającą w placówce {site}.',
  'error.approval.not-approver.hint': 'Poproś kogoś, kto nią jest: zapas who. Rolę nadaje się w konfiguracji.',
  'error.approval.nobody.what':
    'Nikt nie mógłby zatwierdzić tego dla pary {cluster}: placówka {site} nie ma osoby zatwierdzającej poza biorącymi udział.',
  'error.approval.nobody.hint':
    'Nadaj komuś innemu rolę approver dla placówki {site} w konfiguracji i spróbuj ponownie. Kto ją ma: zapas who',
  'error.approval.already-decided.what':
    'Decyzja już zapadła: {verdict, select, granted {zgoda} rejected {odmowa} other {rozstrzygnięcie}}, {by}{platform, select, absent {} other { ({platform}, {at})}}. Liczy się pierwsza.',
  'error.approval.already-decided.hint': 'Zobacz, w jakim stanie jest przebieg.',
  'error.approval.expired.what': 'Czas na decyzję o przebiegu {run} minął ({expired}). Niczego nie zrobiono.',
  'error.approval.expired.hint': 'Jeśli nadal jest to potrzebne, zleć ponownie: dowody zostaną wtedy zebrane od nowa.',
  'error.approval.other-plan.what':
    'Od chwili pokazania plan przebiegu {run} powstał na nowo; decyzja o starym planie się nie liczy.',
  'error.approval.other-plan.hint': 'Przeczytaj nowy plan i zdecyduj o nim: zapas show {run}',
  'error.approval.wrong-name.what': 'Wpisana nazwa nie jest nazwą pary serwerów. Niczego nie zatwierdzono.',
  'error.approval.wrong-name.hint': 'Aby zatwierdzić, wpisz dokładnie nazwę pary: {expected}',
  'error.approval.reason-missing.what': 'Odmowa wymaga podania powodu, aby zlecający wiedział, co zmienić.',
  'error.approval.reason-missing.hint': 'zapas reject {run} --note "…"',
  'error.approval.rejected.what': 'Odmowa: {by}{note, select, absent {} other {: {note}}}.',
  'error.approval.rejected.hint': 'Niczego nie zmieniono. Wyjaśnij sprawę i zleć ponownie.',
  'error.approval.forged.what': 'Zatwierdzenie przebiegu {run} nie jest autentyczne ({detail}). Niczego nie zrobiono.',
  'error.approval.forged.hint':
    'Dopóki nie znasz przyczyny, traktuj to jak atak: zostaw maszynę bez zmian i uruchom: zapas audit verify',
  'error.gate.not-open.what': 'Przebieg {run} nie czeka teraz na tę decyzję.',
  'error.gate.not-open.hint': 'Zobacz jego stan: zapas show {run}',
  // łączenie kont
  'error.link.wrong-code.what':
    'Ten kod jest nieważny: nikt go nie wydał, został użyty albo minęło jego dziesięć minut.',
  'error.link.wrong-code.hint': 'Pobierz nowy na koncie, które jest już połączone: zapas link',
  'error.link.taken.what': 'To konto ({platform}) już do kogoś należy.',
  'error.link.taken.hint': 'Sprawdź, do kogo: zapas who. Konta w inwentarzu zmienia administrator.',
  'error.link.occupied.what': 'Ta osoba ma już konto na tej platformie ({platform}).',
  'error.link.occupied.hint': 'Najpierw odłącz stare: zapas unlink {platform}',
  'error.link.not-a-member.what': 'Gości, botów i osób z innej przestrzeni roboczej nie można połączyć.',
  'error.link.not-a-member.hint': 'Użyj konta pełnego członka.',
  'error.link.none.what': 'Nie masz na tej platformie ({platform}) konta połączonego samodzielnie.',
  'error.link.none.hint': 'Konta zapisane w inwentarzu usuwa tam administrator.',
  // mechanizmy Zapasu
  'error.store.unavailable.what':
    'Baza danych Zapasu nie odpowiada: {detail}. Nic nie ginie; praca ruszy dalej, gdy baza wróci.',
  'error.store.unavailable.hint': 'Sprawdź DATABASE_URL i wskazany serwer: zapas doctor',
  'error.store.migration.what': 'Nie udało się zaktualizować bazy danych Zapasu: {detail}.',
  'error.store.migration.hint':
    'Sprawdź, czy jej konto może tworzyć schematy i tabele oraz czy nie używał jej nowszy Zapas; potem uruchom ponownie.',
  'error.store.binaries-missing.what': 'Na tej maszynie nie ma wbudowanej bazy danych ({package}).',
  'error.store.binaries-missing.hint':
    'Uruchom: npm install --include=optional. Albo wskaż własny PostgreSQL w DATABASE_URL.',
  'error.store.not-traversable.what':
    'Wbudowana baza danych działa jako użytkownik {uid}, który nie ma dostępu do {path}.',
  'error.store.not-traversable.hint': 'Uruchom: chmod o+x {path}. Albo wskaż w ZAPAS_DATA inny katalog.',
  'error.store.start-failed.what': 'Nie udało się uruchomić wbudowanej bazy danych: {detail}.',
  'error.store.start-failed.hint': 'Więcej mówi jej dziennik: {log}',
  'error.queue.unavailable.what':
    'Kolejka nie odpowiada{detail, select, absent {} other {: {detail}}}. Procesy robocze i tak znajdą przebiegi w ciągu kilku sekund.',
  'error.queue.unavailable.hint': 'Sprawdź REDIS_URL i wskazany serwer: zapas doctor',
  'error.platform.not-ready.what': 'Platformy {platform} nie można tak używać: {detail}',
  'error.platform.not-ready.hint': 'Popraw to, co wymieniono; kolejne kroki są w docs/setup. Potem: zapas doctor',
  'error.audit.broken.what':
    'Dziennik audytu jest naruszony przy wpisie {at} ({reason, select, hash {zmieniono jego treść} link {nie wynika z poprzedniego wpisu} gap {brakuje wpisów} other {{reason}}}).',
  'error.audit.broken.hint':
    'Dopóki nie znasz przyczyny, traktuj to jak atak: zachowaj kopię bazy i porównaj ją ze skrótami zapisanymi gdzie indziej.',
  'error.internal.bug.what': 'Błąd w samym Zapasie: {detail}',
  'error.internal.bug.hint':
    'Zgłoś go wraz z tym wierszem i dziennikiem z tego czasu. Przy ponownym zleceniu to, co już zrobione, zostaje bez zmian.',
} as const;
