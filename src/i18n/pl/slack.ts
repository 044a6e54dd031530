/** To, co mówi tylko łącznik ze Slackiem. */
export const slack = {
  'slack.form.cancel': 'Anuluj',
  'slack.form.choose': 'Wybierz lub wpisz',
  'slack.form.type': 'Wpisz dokładnie: {expected}',
  'slack.unproven': 'Slack nie powiedział na czas, kim jesteś, więc nic nie zostało zrobione. Spróbuj ponownie.',
  'slack.failed':
    'Wewnętrzny błąd Zapasu, zanim cokolwiek się zaczęło. Nic nie zostało zrobione; zgłoś to administratorowi.',
  'slack.unknown-outcome':
    'Polecenie zostało przyjęte, ale po drodze coś zawiodło. Zanim spróbujesz ponownie, sprawdź przez /zapas runs, co z niego wyszło.',
  'slack.working': 'Przyjęte; trwa dłużej niż zwykle. Odpowiedź pojawi się tutaj.',
  'slack.form-late': 'Nie udało się otworzyć formularza. Nic nie zostało zrobione; spróbuj ponownie.',
  'slack.not-ours':
    'Ten przycisk lub formularz pochodzi z innej wersji Zapasu. Nic nie zostało zrobione; użyj nowszej wiadomości.',
  'slack.health.fine': 'zalogowano do {team} jako {user}',
  'slack.health.open':
    '{sockets, plural, one {otwarte # gniazdo} few {otwarte # gniazda} many {otwartych # gniazd} other {otwarte # gniazda}}',
  'slack.health.unreachable': 'Slack nie odpowiada: {detail}',
  'slack.health.refused': 'Slack odrzuca token bota ({detail}); skopiuj go ponownie z OAuth & Permissions',
  'slack.health.team': 'token bota należy do przestrzeni {found}, a konfiguracja podaje {team}',
  'slack.health.scopes': 'brakuje uprawnień: {scopes}; zastosuj manifest ponownie i zainstaluj aplikację jeszcze raz',
  'slack.health.channel': 'kanału {channel} nie ma albo bota w nim nie ma; wpisz tam /invite @zapas',
  'slack.health.archived': 'kanał {channel} jest zarchiwizowany',
  'slack.health.shared': 'kanał {channel} jest współdzielony z inną organizacją; wybierz inny',
  'slack.health.sockets':
    'Slack nie otwiera gniazda ({detail}); sprawdź token aplikacji i jego uprawnienie connections:write',
} as const;
