/**
 * Forms in which people paste secrets. A note that merely mentions a password is none: a value has to stand there. References of the
 * inventory (`file:`, `env:`) are none either.
 */
const FORMS: readonly RegExp[] = [
  // a word for a secret, a sign, a value
  /(?:password|passwd|passphrase|has[łl]o|(?<!\p{L})(?:pwd|pass|secret|token|api[_-]?key))["']?\s*[=:]\s*["']?(?!file:|env:)[^\s"'<>*]{3,}/iu,
  // the same as an option with its value in the next word
  /(?:^|\s)(?:--|[\u2010-\u2015\u2212]+)(?:password|passwd|passphrase|pass|token|secret)\s+(?![-\u2010-\u2015\u2212]|file:|env:)\S{3,}/iu,
  // a login in an address
  /[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:[^\s@/]{1,}@/iu,
  // SQL
  /\bpassword\s+E?'[^']+'/iu,
  // key material
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/u,
  /\bAGE-SECRET-KEY-1[A-Z0-9]{20,}/u,
  /SCRAM-SHA-256\$\d+:/u,
  /\bmd5[0-9a-f]{32}\b/u,
  // tokens that say what they are
  /\bxox[abeprs]-[A-Za-z0-9-]{10,}/u,
  /\bxapp-\d-[A-Za-z0-9-]{10,}/u,
  /\b[MNO][A-Za-z\d_-]{23,27}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,}/u,
  /\bgh[pousr]_[A-Za-z0-9]{30,}/u,
  /\bgithub_pat_[A-Za-z0-9_]{30,}/u,
  /\bAKIA[0-9A-Z]{16}\b/u,
  /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/u,
];

/** Does the text hold what looks like a password, a token, a key or a connection string with a password? Pure. */
export function looksLikeSecret(text: string): boolean {
  // Characters that nobody sees must not hide one.
  const visible = text.replaceAll(/\p{Cf}/gu, '').normalize('NFKC');
  return FORMS.some((form) => form.test(visible));
}

/**
 * The text with every form of a secret in it replaced by `***`. What only looks like one is hidden, too; characters that
 * nobody sees have to be gone from it. Pure.
 */
export function hideSecretForms(text: string): string {
  return FORMS.reduce((shown, form) => shown.replaceAll(new RegExp(form, `${form.flags}g`), '***'), text);
}
