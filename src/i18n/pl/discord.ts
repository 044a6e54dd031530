/** Słowa potrzebne tylko Discordowi. */
export const discord = {
  'discord.group.alert': 'Alarmy: przejęcie albo odłożenie na kilka godzin',
  'discord.group.decide': 'Odpowiedź na przebieg, który na Ciebie czeka',
  'discord.group.roles': 'Gdy serwer podstawowy zmieniono bez Zapasu albo stary wrócił',
  'discord.command': 'Replikacja PostgreSQL u naszych klientów: uruchamianie, nadzór, przełączanie',
  'discord.working.title': 'Praca nad odpowiedzią trwa',
  'discord.working.text':
    'Polecenie dotarło i jest wykonywane; trwa to dłużej niż zwykle. Odpowiedź zastąpi tę wiadomość.',
  'discord.unanswered.title': 'Nie ma jeszcze odpowiedzi',
  'discord.unanswered.text':
    'Polecenie dotarło, ale nie ma odpowiedzi, którą można pokazać. Czy zostało wykonane, pokaże: /zapas runs',
  'discord.broken.title': 'Nie wykonano',
  'discord.broken.text': 'W Zapasie wystąpił błąd, zanim cokolwiek zrobiono. Szczegóły są w jego dzienniku.',
  'discord.form.title': 'Jeszcze jedno',
  'discord.form.text': 'Discord otwiera formularz tylko po naciśnięciu przycisku: naciśnij go, aby przejść dalej.',
  'discord.form.gone': 'Ten formularz nie jest już otwarty. Wydaj polecenie jeszcze raz.',
  'discord.form.unknown':
    '{field} nie może mieć wartości «{typed}»{nearest, select, absent {} other {; czy chodziło o {nearest}?}}. Niczego nie wykonano.',
  'discord.button.form': 'Otwórz formularz',
  'discord.button.again': 'Otwórz formularz ponownie',
  'discord.old-button.title': 'Ten przycisk już nie działa',
  'discord.old-button.text': 'Należy do wiadomości, której Zapas nie zna. Aktualny stan pokaże: /zapas runs',
  'discord.health.ok': 'bot {bot} jest na serwerze {guild}; wszystkie polecenia są zarejestrowane',
  'discord.health.no-token':
    'Discord nie przyjmuje tokenu. Wygeneruj nowy (Developer Portal → aplikacja → Bot → Reset Token) i umieść go tam, gdzie wskazuje platforms.discord.token',
  'discord.health.other-application':
    'token należy do aplikacji {found}, a nie do {application} (platforms.discord.application)',
  'discord.health.no-guild': 'bota nie ma na serwerze {guild}. Wpuść go: {invite}',
  'discord.health.no-channel': 'kanał {channel} nie istnieje albo bot go nie widzi',
  'discord.health.permissions':
    'na kanale {channel} bot nie ma uprawnień: {names}. Nadaj mu je tam albo wpuść go ponownie: {invite}',
  'discord.health.commands':
    'polecenia zarejestrowane w Discordzie nie są poleceniami tej wersji; zarejestruje je uruchomienie Zapasu',
  'discord.health.no-commands': 'bot nie może rejestrować poleceń. Wpuść go ponownie: {invite}',
  'discord.health.no-gateway': 'połączenie z Discordem jest przerwane; zostanie wznowione samo',
  'discord.health.unreachable': 'Discord nie odpowiada: {detail}',
} as const;
