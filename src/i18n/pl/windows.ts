/** Do czego może dojść tylko na serwerze z Windows. */
export const windows = {
  'error.service.not-ours.what':
    'Na serwerze {host} działa usługa {service}, ale z innym katalogiem danych niż {path}. Zapas jej nie ruszył.',
  'error.service.not-ours.hint':
    'Sprawdź tam polecenie "sc qc {service}". Zatrzymaj tę usługę albo nadaj jej inną nazwę; albo popraw service lub dataDir w konfiguracji. Potem spróbuj ponownie.',
  'error.service.needs-password.what':
    'Na serwerze podstawowym usługa {service} działa na koncie {account}, które ma hasło. Zapas go nie zna, a w wierszu poleceń nie ma na nie miejsca; dlatego na serwerze {host} usługę rejestruje człowiek.',
  'error.service.needs-password.hint':
    'Na serwerze {host}, jako administrator: {command}. Potem otwórz services.msc, wpisz hasło konta {account} na karcie Logowanie usługi {service} i spróbuj ponownie: to, co już zrobiono, pozostaje.',
};
