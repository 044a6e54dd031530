import type { people as english } from '../en/people.ts';

/** Łączenie kont, polecenia otwierające formularz i polecenia wklejane z programu producenta. */
export const people: Readonly<Record<keyof typeof english, string>> = {
  'platform.web': 'konsola WWW',
  'command.link': 'Łączy Twoje drugie konto: kod dostajesz tutaj, wpisujesz tam',
  'command.unlink': 'Odłącza konto połączone samodzielnie',
  'command.import': 'Zamienia polecenie replikacji producenta na ustawienia inwentarza; otwiera formularz',
  'cli.import': 'Czyta polecenie replikacji producenta ze standardowego wejścia i wypisuje ustawienia do inwentarza',
  'option.code': 'kod pokazany Twojemu drugiemu kontu',
  'option.platform': 'gdzie jest konto do odłączenia',
  'link.title': 'Twój kod dla drugiego konta',
  'link.how':
    'Na drugiej platformie, na koncie, które chcesz połączyć, wpisz to w ciągu {minutes, plural, one {# minuty} few {# minut} many {# minut} other {# minuty}}. Kod działa raz.',
  'link.warning': 'Nie dawaj go nikomu: kto go wpisze, działa odtąd w Twoim imieniu.',
  'link.made': 'Połączono: to konto ({platform}) należy teraz do osoby {person}.',
  'link.removed': 'Odłączono: Twoje połączone konto ({platform}) nie należy już do nikogo.',
  'form.command.title': 'zapas {command}',
  'form.command.submit': 'Dalej',
  'form.optional': '{label} (opcjonalnie)',
  'form.import.title': 'Polecenie producenta',
  'form.import.intro':
    'Wklej całe polecenie pg_basebackup wygenerowane przez mMedica albo instalator mModuły. Hasło, które w nim jest, zostanie od razu odrzucone.',
  'form.import.text': 'Polecenie',
  'form.import.submit': 'Odczytaj',
  'import.title': 'Ustawienia z polecenia producenta',
  'import.yaml': 'Dla pary serwerów w inwentarzu',
  'import.password': 'W poleceniu jest hasło replikacji. Zapas go nie zachował: procedura setup tworzy własne.',
  'import.unknown': 'Niezrozumiałe i pominięte: {words}',
  'import.relative': 'Producent podaje katalog danych względem katalogu bin; wpisz pełną ścieżkę.',
};
