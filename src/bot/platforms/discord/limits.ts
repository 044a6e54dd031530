/**
 * What Discord takes, each number with its source: `docs` is discord/discord-api-docs, `spec` discord/discord-api-spec's OpenAPI
 * document of 2026-07-18. Where they differ the smaller one stands here.
 */
export const LIMITS = {
  /** docs, components reference: components of a message, nested ones counted. */
  components: 40,
  /** docs, components reference: characters of all text displays of a message together. */
  text: 4_000,
  /** discord-api-docs#8554: with more bytes of UTF-8 the server fails with 500. Undocumented, so it is kept well away from. */
  bytes: 10_170,
  /** docs and spec: buttons in an action row. */
  buttonsInRow: 5,
  /** docs and spec. */
  customId: 100,
  /** docs and spec. */
  buttonLabel: 80,
  /** docs and spec. */
  modalTitle: 45,
  /** docs, modals; the spec would take 40. */
  modalComponents: 5,
  /** docs and spec. */
  label: 45,
  /** docs and spec: the text below a label. */
  labelDescription: 100,
  /** docs and spec. */
  textInput: 4_000,
  /** docs and spec: placeholder of a text input. */
  placeholder: 100,
  /** docs and spec. */
  selectOptions: 25,
  /** docs and spec: label and value of an option of a select. */
  selectOption: 100,
  /** docs, application commands: options, choices and subcommands. */
  commandOptions: 25,
  /** docs and spec. */
  commandDescription: 100,
  /** docs, application commands: names, descriptions and values of a command together; of translations the longest counts. */
  command: 8_000,
  /** docs: names offered while typing, and the length of each. */
  completions: 25,
  completion: 100,
  /** docs, create message. */
  nonce: 25,
  /** docs and spec. */
  threadName: 100,
  /** docs and spec: alternative text of an attachment. */
  attachmentDescription: 1_024,
  /** Our own: characters of it that stand above a file. */
  caption: 300,
  /** docs, uploading files: bytes of a file where the server is not boosted. */
  file: 10 * 1024 * 1024,
} as const;

/** What Discord gives for an answer; `docs`, receiving and responding. */
export const DEADLINES = {
  /** The first answer to an interaction. */
  firstAnswerMs: 3_000,
  /** Then its token is dead. */
  tokenMs: 15 * 60_000,
  /** docs, error 30046: edits of a message older than that are rationed. */
  oldMessageMs: 60 * 60_000,
} as const;
