/**
 * Limits that Discord's documents state and its OpenAPI document does not, or states more loosely. Each line of the answers names
 * what is broken. Sources: discord-api-docs (resources/message, components/reference, interactions/application-commands).
 */
type Json = Readonly<Record<string, unknown>>;

export const V2_FLAG = 1 << 15;
export const EPHEMERAL_FLAG = 1 << 6;
export const SILENT_FLAG = 1 << 12;
const V2_TYPES = new Set([9, 10, 11, 12, 13, 14, 17]);

/** A text or a number as text; nothing for anything else. */
export function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** Every component, nested ones too, in reading order. */
export function flatten(components: unknown): readonly Json[] {
  return list(components).flatMap((one) => [
    one,
    ...flatten(one['components']),
    ...flatten(one['accessory'] === undefined ? [] : [one['accessory']]),
    ...flatten(one['component'] === undefined ? [] : [one['component']]),
  ]);
}

/** What a message breaks; `v2` when it was one already, which can never be taken back. */
export function brokenByMessage(body: Json, { v2 = false, files = [] as readonly string[] } = {}): readonly string[] {
  const flags = Number(body['flags'] ?? 0);
  const isV2 = v2 || (flags & V2_FLAG) !== 0;
  const content = text(body['content']);
  const all = flatten(body['components']);
  const broken: string[] = [];
  const need = (holds: boolean, what: string): void => {
    if (!holds) broken.push(what);
  };
  need(content.length <= 2_000, 'content: at most 2000 characters');
  need(all.length <= 40, `components: ${all.length} of at most 40`);
  if (isV2) {
    need(content === '', 'content: not with IS_COMPONENTS_V2');
    need(list(body['embeds']).length === 0, 'embeds: not with IS_COMPONENTS_V2');
  } else {
    need(!all.some((one) => V2_TYPES.has(Number(one['type']))), 'components: need IS_COMPONENTS_V2');
    need(list(body['components']).length <= 5, 'components: at most 5 rows');
  }
  const shownText = all
    .filter((one) => one['type'] === 10)
    .map((one) => text(one['content']))
    .join('');
  need(shownText.length <= 4_000, `components: ${shownText.length} characters of at most 4000`);
  // discord-api-docs#8554
  need(
    Buffer.byteLength(JSON.stringify(body['components'] ?? [])) <= 10_170,
    'components: more bytes than the server bears',
  );
  broken.push(...brokenIds(all), ...brokenRows(all));
  const shown = all.flatMap((one) => [
    one['file'],
    ...list(one['items']).map((item) => item['media']),
  ]) as readonly Json[];
  for (const media of shown) {
    const url = text(media?.['url']);
    if (url.startsWith('attachment://'))
      need(files.includes(url.slice('attachment://'.length)), `components: ${url} is not uploaded`);
  }
  const mentions = body['allowed_mentions'] as Json | undefined;
  need(
    mentions !== undefined && list(mentions['parse']).length === 0,
    'allowed_mentions: people can be called by data',
  );
  if (body['nonce'] !== undefined) need(text(body['nonce']).length <= 25, 'nonce: at most 25 characters');
  return broken;
}

function brokenIds(all: readonly Json[]): readonly string[] {
  const ids = all.flatMap((one) => (typeof one['custom_id'] === 'string' ? [one['custom_id']] : []));
  const numbers = all.flatMap((one) => (typeof one['id'] === 'number' && one['id'] !== 0 ? [one['id']] : []));
  return [
    ...(new Set(ids).size === ids.length ? [] : ['components: a custom_id twice']),
    ...(new Set(numbers).size === numbers.length ? [] : ['components: an id twice']),
  ];
}

function brokenRows(all: readonly Json[]): readonly string[] {
  return all
    .filter((one) => one['type'] === 1)
    .flatMap((row) => (list(row['components']).length <= 5 ? [] : ['components: more than 5 buttons in a row']));
}

export function brokenByModal(data: Json): readonly string[] {
  const components = list(data['components']);
  const inputs = flatten(components).filter((one) => one['custom_id'] !== undefined);
  return [
    ...(components.length >= 1 && components.length <= 5
      ? []
      : [`modal: ${components.length} components of at most 5`]),
    ...(inputs.length > 0 ? [] : ['modal: nothing to fill in']),
    ...brokenIds(flatten(components)),
    ...inputs.flatMap((one) => (list(one['options']).length <= 25 ? [] : ['modal: more than 25 options'])),
  ];
}

const COMMAND_NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

/** docs, application commands: names, counts, order of options and 8000 characters in all. */
export function brokenByCommands(commands: unknown): readonly string[] {
  return list(commands).flatMap((command) => {
    const all = [command, ...optionsBelow(command)];
    const size = all.reduce((sum, one) => sum + weigh(one), 0);
    return [
      ...(size <= 8_000 ? [] : [`command: ${size} characters of at most 8000`]),
      ...all.flatMap(({ name, ...rest }) => [
        ...(COMMAND_NAME.test(text(name)) && text(name) === text(name).toLowerCase() ? [] : [`name: ${text(name)}`]),
        ...(list(rest['options']).length <= 25 ? [] : ['options: more than 25']),
        ...(list(rest['choices']).length <= 25 ? [] : ['choices: more than 25']),
        ...(requiredFirst(list(rest['options'])) ? [] : ['options: what is required stands first']),
        ...(rest['autocomplete'] === true && list(rest['choices']).length > 0
          ? ['options: choices and autocomplete']
          : []),
      ]),
    ];
  });
}

function optionsBelow(node: Json): readonly Json[] {
  return list(node['options']).flatMap((option) => [option, ...optionsBelow(option)]);
}

function requiredFirst(options: readonly Json[]): boolean {
  const flags = options.filter((one) => one['type'] !== 1 && one['type'] !== 2).map((one) => one['required'] === true);
  return flags.every((flag, at) => !flag || flags.slice(0, at).every(Boolean));
}

function weigh(node: Json): number {
  const longest = (key: string): number =>
    Math.max(
      text(node[key]).length,
      ...Object.values((node[`${key}_localizations`] as Json | null | undefined) ?? {}).map(
        (one) => String(one).length,
      ),
    );
  const choices = list(node['choices']).reduce(
    (sum, one) => sum + text(one['name']).length + text(one['value']).length,
    0,
  );
  return longest('name') + longest('description') + choices;
}

export function brokenByCompletion(choices: unknown): readonly string[] {
  return [
    ...(list(choices).length <= 25 ? [] : ['choices: more than 25']),
    ...list(choices).flatMap((one) =>
      text(one['name']).length <= 100 && text(one['value']).length <= 100 ? [] : ['choice: at most 100'],
    ),
  ];
}
