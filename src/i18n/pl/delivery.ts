import type { delivery as english } from '../en/delivery.ts';

/** Co bot mówi o własnych wiadomościach. */
export const delivery: Readonly<Record<keyof typeof english, string>> = {
  'error.bot.slow.what': 'Nie ma jeszcze odpowiedzi. Polecenie mogło mimo to zostać przyjęte.',
  'error.bot.slow.hint':
    'Zanim zapytasz ponownie, sprawdź: zapas runs. Odpowiedź pojawi się tutaj, gdy tylko nadejdzie.',
  'expiry.title': 'Wciąż bez decyzji: {runbook} – {cluster}',
  'expiry.text': 'Pytanie jest wyżej i nikt na nie nie odpowiedział. Termin: {at}. Potem przebieg się zakończy.',
  'attention.title': 'Potrzebny człowiek: {runbook} – {cluster}',
  'gone.title': 'Wiadomość o przebiegu zniknęła',
  'gone.text':
    'Przebieg {run} ({runbook} – {cluster}): wiadomość na platformie {platform} usunięto albo Zapas nie może tam pisać. Samego przebiegu to nie zmienia.',
  'gone.hint': 'Stan przebiegu pokaże: {command}. Jeśli Zapas nie może pisać na kanale, zaproś go tam.',
  'file.log':
    'Fragment pliku {file} z serwera {host}: {lines, plural, one {# wiersz} few {# wiersze} many {# wierszy} other {# wiersza}}',
};
