/**
 * What Slack refuses of Block Kit, said as Slack says it. The numbers are the documentation's; `test/bot/slack/limits.test.ts`
 * compares them with @slack/types. On purpose this knows nothing of the adapter.
 */
export const RULES = {
  'BaseView.blocks': 100,
  'BaseView.private_metadata': 3_000,
  'BaseView.callback_id': 255,
  'ModalView.title': 24,
  'ModalView.submit': 24,
  'ModalView.close': 24,
  'Block.block_id': 255,
  'HeaderBlock.text': 150,
  'SectionBlock.text': 3_000,
  'SectionBlock.fields': 2_000,
  'ContextBlock.elements': 10,
  'ActionsBlock.elements': 25,
  'Button.text': 75,
  'Button.value': 2_000,
  'InputBlock.label': 2_000,
  'InputBlock.hint': 2_000,
  'PlainTextInput.min_length': 3_000,
  'PlainTextOption.text': 75,
  'OptionDescriptor.value': 75,
  'StaticSelect.options': 100,
  'Placeholdable.placeholder': 150,
} as const;

/** docs.slack.dev/reference/block-kit/blocks */
const BLOCKS_OF_MESSAGE = 50;
/** bolt-js #2867: 11 341 characters were refused; nobody says where it begins. */
const TEXT_OF_MESSAGE = 11_000;
/** views.open: `view_too_large`. */
const BYTES_OF_VIEW = 250_000;

type Fail = (message: string, pointer: string) => void;
type Check = (value: unknown, at: string, fail: Fail) => void;

export interface Refusal {
  readonly error: string;
  readonly messages: readonly string[];
}

/** Undefined when Slack would take the message. */
export function refuseMessage(blocks: unknown): Refusal | undefined {
  const messages = gather((fail) => {
    array(any(MESSAGE_BLOCKS), { max: BLOCKS_OF_MESSAGE })(blocks, '/blocks', fail);
    unique(blocks, fail);
  });
  if (messages.length > 0) return { error: 'invalid_blocks', messages };
  return weigh(blocks) > TEXT_OF_MESSAGE ? { error: 'msg_blocks_too_long', messages: [] } : undefined;
}

/** Undefined when Slack would open the view. */
export function refuseView(view: unknown): Refusal | undefined {
  if (JSON.stringify(view).length > BYTES_OF_VIEW) return { error: 'view_too_large', messages: [] };
  const messages = gather((fail) => {
    VIEW(view, '/view', fail);
    const { blocks } = (view ?? {}) as { readonly blocks?: unknown };
    unique(blocks, fail);
    const needsSubmit = Array.isArray(blocks) && blocks.some((block) => (block as Typed).type === 'input');
    if (needsSubmit && (view as { submit?: unknown }).submit === undefined)
      fail('missing required field: submit', '/view');
  });
  return messages.length > 0 ? { error: 'invalid_arguments', messages } : undefined;
}

/** Undefined when Slack would show the options. */
export function refuseOptions(options: unknown): Refusal | undefined {
  const messages = gather((fail) =>
    array(OPTION, { max: RULES['StaticSelect.options'], min: 0 })(options, '/options', fail),
  );
  return messages.length > 0 ? { error: 'invalid_options', messages } : undefined;
}

interface Typed {
  readonly type?: unknown;
}

function gather(check: (fail: Fail) => void): readonly string[] {
  const messages: string[] = [];
  check((message, pointer) => messages.push(`[ERROR] ${message} [json-pointer:${pointer}]`));
  return messages;
}

function text(max: number, min = 1): Check {
  return (value, at, fail) => {
    if (typeof value !== 'string') return fail('must be a string', at);
    if (value.length < min) fail(`must be more than ${min - 1} characters`, at);
    if (value.length > max) fail(`must be less than ${max + 1} characters`, at);
  };
}

const flag: Check = (value, at, fail) => {
  if (typeof value !== 'boolean') fail('must be a boolean', at);
};

function oneOf(...values: readonly unknown[]): Check {
  return (value, at, fail) => {
    if (!values.includes(value)) fail(`must be one of ${values.join(', ')}`, at);
  };
}

function number(max: number): Check {
  return (value, at, fail) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max) fail('must be a number', at);
  };
}

/** Fields with a `?` may be absent; others of any name are refused. */
function object(fields: Readonly<Record<string, Check>>): Check {
  return (value, at, fail) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail('must be an object', at);
    for (const [key, check] of Object.entries(fields)) {
      const name = key.replace(/\?$/, '');
      const inner = (value as Readonly<Record<string, unknown>>)[name];
      if (inner === undefined) {
        if (!key.endsWith('?')) fail(`missing required field: ${name}`, at);
      } else check(inner, `${at}/${name}`, fail);
    }
    const names = Object.keys(fields).map((key) => key.replace(/\?$/, ''));
    for (const key of Object.keys(value)) if (!names.includes(key)) fail(`invalid additional property: ${key}`, at);
  };
}

function array(item: Check, { max, min = 1 }: { readonly max: number; readonly min?: number }): Check {
  return (value, at, fail) => {
    if (!Array.isArray(value)) return fail('must be an array', at);
    if (value.length < min) fail(`no fewer than ${min} items allowed`, at);
    if (value.length > max) fail(`no more than ${max} items allowed`, at);
    for (const [index, one] of value.entries()) item(one, `${at}/${index}`, fail);
  };
}

/** By the object's `type`. */
function any(kinds: Readonly<Record<string, Check>>): Check {
  return (value, at, fail) => {
    const { type } = (value ?? {}) as Typed;
    const check = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    if (!check) return fail(`unsupported type: ${String(type)}`, at);
    check(value, at, fail);
  };
}

function plain(max: number): Check {
  return object({ type: oneOf('plain_text'), text: text(max), 'emoji?': flag });
}

const ID = text(RULES['Block.block_id']);
const mrkdwn = (max: number): Check => object({ type: oneOf('mrkdwn'), text: text(max), 'verbatim?': flag });
const words = (max: number): Check => any({ plain_text: plain(max), mrkdwn: mrkdwn(max) });
const OPTION = object({ text: plain(RULES['PlainTextOption.text']), value: text(RULES['OptionDescriptor.value']) });
const PLACEHOLDER = plain(RULES['Placeholdable.placeholder']);

const BUTTON = object({
  type: oneOf('button'),
  'action_id?': ID,
  text: plain(RULES['Button.text']),
  'value?': text(RULES['Button.value'], 0),
  'style?': oneOf('primary', 'danger'),
});

const STYLE = object({ 'bold?': flag, 'italic?': flag, 'strike?': flag, 'code?': flag });
const RUN = any({
  text: object({ type: oneOf('text'), text: text(20_000), 'style?': STYLE }),
  broadcast: object({ type: oneOf('broadcast'), range: oneOf('here', 'channel', 'everyone') }),
});
const RUNS = array(RUN, { max: 1_000 });
const RICH = any({
  rich_text_section: object({ type: oneOf('rich_text_section'), elements: RUNS }),
  rich_text_preformatted: object({ type: oneOf('rich_text_preformatted'), elements: RUNS }),
});

const section: Check = (value, at, fail) => {
  object({
    type: oneOf('section'),
    'block_id?': ID,
    'text?': words(RULES['SectionBlock.text']),
    'fields?': array(words(RULES['SectionBlock.fields']), { max: 10 }),
  })(value, at, fail);
  const { text: said, fields } = value as { readonly text?: unknown; readonly fields?: unknown };
  if (said === undefined && fields === undefined) fail('missing required field: text', at);
};

const MESSAGE_BLOCKS: Readonly<Record<string, Check>> = {
  header: object({ type: oneOf('header'), 'block_id?': ID, text: plain(RULES['HeaderBlock.text']) }),
  section,
  context: object({
    type: oneOf('context'),
    'block_id?': ID,
    elements: array(words(3_000), { max: RULES['ContextBlock.elements'] }),
  }),
  actions: object({
    type: oneOf('actions'),
    'block_id?': ID,
    elements: array(BUTTON, { max: RULES['ActionsBlock.elements'] }),
  }),
  rich_text: object({ type: oneOf('rich_text'), 'block_id?': ID, elements: array(RICH, { max: 1_000 }) }),
};

const INPUTS = any({
  plain_text_input: object({
    type: oneOf('plain_text_input'),
    action_id: ID,
    'multiline?': flag,
    'max_length?': number(RULES['PlainTextInput.min_length']),
    'initial_value?': text(RULES['PlainTextInput.min_length']),
    'placeholder?': PLACEHOLDER,
  }),
  static_select: object({
    type: oneOf('static_select'),
    action_id: ID,
    options: array(OPTION, { max: RULES['StaticSelect.options'] }),
    'initial_option?': OPTION,
    'placeholder?': PLACEHOLDER,
  }),
  external_select: object({
    type: oneOf('external_select'),
    action_id: ID,
    'min_query_length?': number(100),
    'initial_option?': OPTION,
    'placeholder?': PLACEHOLDER,
  }),
});

const VIEW = object({
  type: oneOf('modal'),
  'callback_id?': text(RULES['BaseView.callback_id']),
  'private_metadata?': text(RULES['BaseView.private_metadata'], 0),
  title: plain(RULES['ModalView.title']),
  'submit?': plain(RULES['ModalView.submit']),
  'close?': plain(RULES['ModalView.close']),
  'clear_on_close?': flag,
  'notify_on_close?': flag,
  blocks: array(
    any({
      ...MESSAGE_BLOCKS,
      input: object({
        type: oneOf('input'),
        'block_id?': ID,
        label: plain(RULES['InputBlock.label']),
        'hint?': plain(RULES['InputBlock.hint']),
        'optional?': flag,
        element: INPUTS,
      }),
    }),
    { max: RULES['BaseView.blocks'] },
  ),
});

/** Ids of blocks are unique in a message, those of actions in their block. */
function unique(blocks: unknown, fail: Fail): void {
  if (!Array.isArray(blocks)) return;
  const ids = blocks.flatMap((block: { block_id?: unknown }) => (block.block_id === undefined ? [] : [block.block_id]));
  if (new Set(ids).size < ids.length) fail('duplicate block_id', '/blocks');
  for (const [index, block] of blocks.entries()) {
    const elements = (block as { elements?: readonly { action_id?: unknown }[] }).elements ?? [];
    const actions = elements.flatMap(({ action_id }) => (action_id === undefined ? [] : [action_id]));
    if (new Set(actions).size < actions.length) fail('action_id already exists', `/blocks/${index}/elements`);
  }
}

function weigh(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + (key === 'text' && typeof inner === 'string' ? inner.length : weigh(inner)),
    0,
  );
}
