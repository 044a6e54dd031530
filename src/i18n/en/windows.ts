/** What only a Windows host can come to. */
export const windows = {
  'error.service.not-ours.what':
    'On {host} the service {service} runs, but for another data directory than {path}. Zapas left it alone.',
  'error.service.not-ours.hint':
    'Look at "sc qc {service}" there. Stop that service or give it another name; or correct service or dataDir in the inventory. Then ask again.',
  'error.service.needs-password.what':
    'On the primary the service {service} starts as {account}, an account with a password. Zapas does not know it, and a command line is no place for it; so on {host} a person registers the service.',
  'error.service.needs-password.hint':
    'On {host}, as administrator: {command}. Then open services.msc, enter the password of {account} on the Log On page of {service}, and ask again: all that is done stays done.',
};
