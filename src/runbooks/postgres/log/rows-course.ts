import { type MessageRow, row } from './message-row.ts';

/** The normal course: success, promotion, states, noise. English and Polish of PostgreSQL 17.11's own catalogue. */
export const COURSE = [
  // success
  row('streaming-started', 'ok', 'none', 'standby', [
    'started streaming WAL from primary at',
    'rozpoczęto przesyłanie WAL z podstawowego na',
  ]),
  row('streaming-restarted', 'ok', 'none', 'standby', [
    'restarted WAL streaming at',
    'ponownie rozpoczęto przesyłanie WAL na',
  ]),
  row('standby-mode', 'ok', 'none', 'standby', ['entering standby mode', 'wejście w tryb gotowości']),
  row('redo-starts', 'ok', 'none', 'standby', ['redo starts at', 'ponowienie uruchamia się w']),
  row('backup-recovery', 'ok', 'none', 'standby', ['starting backup recovery', 'completed backup recovery']),
  row('consistent', 'ok', 'none', 'standby', [
    'consistent recovery state reached at',
    'stan spójnego odzyskania osiągnięty w',
  ]),
  row('ready-read-only', 'ok', 'none', 'standby', [
    'database system is ready to accept read-only connections',
    'database system is ready to accept read only connections',
    'system bazy danych jest gotowy do przyjmowania połączeń tylko do odczytu',
  ]),
  row('ready', 'ok', 'none', 'primary', [
    'database system is ready to accept connections',
    'system bazy danych jest gotowy do przyjmowania połączeń',
  ]),
  // promotion
  row('promote-requested', 'promote', 'none', 'standby', [
    'received promote request',
    'otrzymano żądanie rozgłoszenia',
  ]),
  row('timeline-selected', 'promote', 'none', 'standby', [
    'selected new timeline id',
    'wybrany nowy ID linii czasowej',
  ]),
  row('recovery-complete', 'promote', 'none', 'standby', [
    'archive recovery complete',
    'wykonane odtworzenie archiwum',
  ]),
  row('redo-done', 'promote', 'none', 'standby', [
    'redo done at',
    'ponowienie wykonane w',
    'last completed transaction was at log time',
    'czas ostatniej zakończonej transakcji według dziennika',
  ]),
  // states and noise
  row('crash-recovery', 'crash', 'none', 'standby', [
    'database system was not properly shut down; automatic recovery in progress',
    'system bazy danych nie został poprawnie zamknięty; trwa automatyczne odzyskiwanie',
  ]),
  row('was-interrupted', 'routine', 'none', 'standby', [
    'database system was interrupted',
    'działanie systemu bazy danych zostało przerwane',
    'system bazy danych został przerwany podczas odzysku',
  ]),
  row('was-shut-down', 'routine', 'none', 'standby', [
    'database system was shut down',
    'system bazy danych został zamknięty',
  ]),
  row('end-of-wal', 'routine', 'none', 'standby', [
    'invalid record length at',
    'niepoprawna długość rekordu w',
    'waiting for WAL to become available',
  ]),
  row('connection-ended', 'routine', 'none', 'link', [
    'terminating walreceiver process due to administrator command',
    'przerwano proces walreceiver na skutek polecenia administratora',
    'terminating connection due to administrator command',
    'zakończono połączenie na skutek polecenia administratora',
  ]),
  row('not-yet-ready', 'state', 'none', 'standby', [
    'the database system is starting up',
    'system bazy danych uruchamia się',
    'the database system is not yet accepting connections',
    'the database system is not accepting connections',
    'the database system is shutting down',
    'system bazy danych jest zamykany',
  ]),
  row('shutdown-requested', 'state', 'none', 'standby', [
    'received fast shutdown request',
    'odebrano żądanie szybkiego zamknięcia',
    'received smart shutdown request',
    'odebrano żądanie inteligentnego zamknięcia',
    'received immediate shutdown request',
    'odebrano żądanie natychmiastowego zamknięcia',
  ]),
  row('shut-down', 'state', 'none', 'standby', ['database system is shut down', 'system bazy danych jest zamknięty']),
  row('start-failed', 'state', 'fatal', 'standby', [
    'shutting down due to startup process failure',
    'aborting startup due to startup process failure',
    'przerwanie uruchomienia ze względu na niepowodzenie procesu uruchomienia',
  ]),
] as const satisfies readonly MessageRow[];
