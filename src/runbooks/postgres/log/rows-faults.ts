import { type MessageRow, row } from './message-row.ts';

/** What can go wrong, from the link to the disk. English and Polish of PostgreSQL 17.11's own catalogue. */
export const FAULTS = [
  // the link
  row('primary-unreachable', 'link', 'open', 'link', [
    'could not connect to the primary server',
    'nie można połączyć się do serwera podstawowego',
  ]),
  row('stream-broken', 'link', 'open', 'link', [
    'could not receive data from WAL stream',
    'nie można otrzymać danych ze strumienia WAL',
    'could not send data to WAL stream',
    'nie można wysłać danych do strumienia WAL',
    'could not send end-of-streaming message to primary',
    'nie można wysłać komunikatu end-of-streaming do podstawowego',
  ]),
  row('streaming-refused', 'link', 'open', 'link', [
    'could not start WAL streaming',
    'nie udało się rozpocząć przesyłania strumieniowego WAL',
  ]),
  row('receiver-timeout', 'link', 'open', 'link', [
    'terminating walreceiver due to timeout',
    'przerwano proces walreceiver na skutek limitu czasu',
  ]),
  row('sender-timeout', 'link', 'open', 'link', [
    'terminating walsender process due to replication timeout',
    'przerwano proces walsender na skutek limitu czasu replikacji',
  ]),
  row('primary-stopped', 'link', 'open', 'primary', [
    'replication terminated by primary server',
    'replikacja zakończona przez serwer podstawowy',
  ]),
  // only a new clone helps
  row('wal-removed', 'reclone', 'fatal', 'standby', [
    'requested WAL segment … has already been removed',
    'żądany segment WAL … został już usunięty',
  ]),
  row('other-system', 'reclone', 'fatal', 'standby', [
    'database system identifier differs between the primary and standby',
    'identyfikator systemu bazy danych różni się od podstawowego i gotowości',
  ]),
  row('diverged', 'reclone', 'fatal', 'standby', [
    'record with incorrect prev-link',
    'rekord z niepoprawnym poprz-linkiem',
  ]),
  // the histories parted
  row('forked', 'rewind', 'fatal', 'standby', [
    'new timeline … forked off current database system timeline',
    'nowa linia czasu … nie jest potomna dla linii czasu systemu bazy danych',
  ]),
  row('start-not-in-history', 'rewind', 'fatal', 'standby', [
    "requested starting point … is not in this server's history",
    'żądanego punktu początku … nie ma w historii tego serwera',
  ]),
  row('timeline-no-child', 'rewind', 'fatal', 'standby', [
    "requested timeline … is not a child of this server's history",
    'żądana linia czasu … nie jest potomna dla historii tego procesu',
  ]),
  row('primary-behind', 'rewind', 'fatal', 'primary', [
    'highest timeline … of the primary is behind recovery timeline',
    'najwyższa linia czasu … podstawowego jest poza linią czasu odzyskiwania',
  ]),
  // getting in
  row('no-hba-entry', 'auth', 'open', 'primary', ['no pg_hba.conf entry for', 'brak wpisu w pg_hba.conf dla']),
  row('hba-rejects', 'auth', 'open', 'primary', ['pg_hba.conf rejects', 'pg_hba.conf odrzuca']),
  row('password-refused', 'auth', 'open', 'standby', [
    'password authentication failed for user',
    'autoryzacja hasłem nie powiodła się dla użytkownika',
  ]),
  row('password-missing', 'auth', 'open', 'standby', ['fe_sendauth: no password supplied']),
  row('client-certificate-missing', 'auth', 'open', 'standby', [
    'connection requires a valid client certificate',
    'połączenie wymaga poprawnego certyfikatu klienta',
  ]),
  row('certificate-refused', 'auth', 'open', 'standby', [
    'tlsv1 alert unknown ca',
    'client certificate verification failed',
    'sslv3 alert certificate',
    'tlsv13 alert certificate required',
  ]),
  row('server-certificate-unverified', 'auth', 'open', 'standby', [
    'SSL error: certificate verify failed',
    // In the primary's own log: the standby turned the server's certificate down.
    'could not accept SSL connection: tlsv1 alert unknown ca',
    'nie można przyjąć połączenia SSL: tlsv1 alert unknown ca',
    'root certificate file … does not exist',
    'server certificate for … does not match host name',
  ]),
  row('tls-refused', 'auth', 'open', 'link', [
    'could not accept SSL connection',
    'nie można przyjąć połączenia SSL',
    'server does not support SSL',
  ]),
  row('role-without-replication', 'auth', 'open', 'primary', ['permission denied to start WAL sender']),
  row('role-missing', 'auth', 'open', 'primary', ['role "…" does not exist', 'rola "…" nie istnieje']),
  // limits, slots, parameters
  row('too-many-standbys', 'limit', 'open', 'primary', [
    'number of requested standby connections exceeds',
    'liczba żądanych połączeń gotowości przekracza',
  ]),
  row('too-many-connections', 'limit', 'open', 'primary', [
    'sorry, too many clients already',
    'przepraszamy, mamy już zbyt wiele klientów',
    'remaining connection slots are reserved',
    'pozostałe gniazda połączeń są zarezerwowane',
  ]),
  row('slot-missing', 'slot', 'open', 'primary', [
    'replication slot "…" does not exist',
    'gniazdo replikacji "…" nie istnieje',
  ]),
  row('slot-active', 'slot', 'open', 'primary', [
    'replication slot "…" is active for PID',
    'gniazdo replikacji "…" jest aktywne dla PID',
  ]),
  row('slot-lost', 'slot', 'fatal', 'standby', [
    'invalidating obsolete replication slot',
    'can no longer get changes from replication slot',
    'can no longer access replication slot',
  ]),
  row('parameters-too-low', 'param', 'fatal', 'standby', [
    'hot standby is not possible because of insufficient parameter settings',
    'recovery aborted because of insufficient parameter settings',
  ]),
  row('recovery-paused', 'param', 'fatal', 'standby', ['recovery has paused', 'odzyskiwanie zostało wstrzymane']),
  row('restore-command-missing', 'param', 'fatal', 'standby', [
    'must specify "restore_command" when standby mode is not enabled',
  ]),
  row('no-source', 'param', 'fatal', 'standby', ['specified neither "primary_conninfo" nor "restore_command"']),
  row('fence-tripped', 'fence', 'fatal', 'standby', ['using recovery command file "recovery.conf" is not supported']),
  // configuration
  row('hba-broken', 'config', 'fatal', 'standby', [
    'could not load …pg_hba.conf',
    'nie można załadować …pg_hba.conf',
    'clientcert can only be configured for "hostssl" rows',
    'clientcert może być skonfigurowany tylko dla wierszy "hostssl"',
  ]),
  row('hba-not-reloaded', 'config', 'note', 'standby', [
    'pg_hba.conf was not reloaded',
    'pg_hba.conf nie był przeładowany',
  ]),
  row('config-broken', 'config', 'fatal', 'standby', [
    'configuration file … contains errors',
    'kolumna konfiguracji … zawiera błędy',
    'plik konfiguracyjny … zawiera błędy',
  ]),
  row('config-parameter-unknown', 'config', 'note', 'standby', [
    'unrecognized configuration parameter',
    'nierozpoznany parametr konfiguracyjny',
  ]),
  row('address-taken', 'config', 'open', 'standby', [
    'could not bind … address',
    'could not create any TCP/IP sockets',
    'nie można stworzyć żadnego gniazda TCP/IP',
  ]),
  row('already-running', 'config', 'fatal', 'standby', ['lock file … already exists', 'plik blokady … już istnieje']),
  row('data-directory-rights', 'config', 'fatal', 'standby', [
    'data directory … has wrong ownership',
    'słownik danych … ma niepoprawną własność',
    'data directory … has invalid permissions',
    'data directory … has group or world access',
    'folder danych … posiada prawa dostępu dla grupy lub wszystkich',
    'private key file … has group or world access',
    'plik z prywatnym kluczem … posiada prawa dostępu dla grupy lub wszystkich',
  ]),
  row('certificate-unreadable', 'config', 'fatal', 'standby', [
    'could not load server certificate file',
    'nie można załadować pliku z certyfikatem serwera',
    'could not load private key file',
    'nie można pobrać pliku z kluczem prywatnym',
    'could not load root certificate file',
    'nie można załadować pliku z certyfikatem głównym',
  ]),
  // disk, Windows, damage
  row('disk-full', 'disk', 'open', 'standby', [
    'no space left on device',
    'nie można rozszerzyć pliku',
    'could not extend file',
  ]),
  row('file-locked', 'win', 'note', 'standby', [
    'lock violation',
    'sharing violation',
    'naruszenie blokady',
    'naruszenie współdzielenia',
  ]),
  row('no-checkpoint', 'damage', 'fatal', 'standby', [
    'could not locate a valid checkpoint record',
    'nie można odnaleźć poprawnego rekordu punktu kontrolnego',
    'could not locate required checkpoint record',
    'nie można odnaleźć wymaganego rekordu punktu kontrolnego',
    'could not find redo location referenced by checkpoint record',
    'nie można odnaleźć położenia ponowienia wskazywanego przez rekord punktu kontrolnego',
  ]),
  row('not-consistent', 'damage', 'fatal', 'standby', [
    'WAL ends before consistent recovery point',
    'WAL kończy się przed punktem spójnego odzyskiwania',
    'WAL ends before end of online backup',
    'WAL kończy się prze końcem backupu online',
  ]),
  row('data-damaged', 'damage', 'fatal', 'standby', [
    'invalid page in block',
    'nieprawidłowa strona w bloku',
    'could not read block',
    'nie można odczytać bloku',
    'page verification failed',
    'nie powiodła się weryfikacja strony',
    'incorrect checksum in control file',
    'niepoprawna suma kontrolna pliku kontrolnego',
  ]),
] as const satisfies readonly MessageRow[];
