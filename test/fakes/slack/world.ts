/** The workspace as Slack has it. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly kind: 'member' | 'guest' | 'external' | 'bot' | 'deleted';
  readonly locale: string;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly isPrivate: boolean;
  /** The bot was invited. */
  member: boolean;
  archived: boolean;
  /** With another organisation. */
  shared: boolean;
}

export interface Message {
  readonly channel: string;
  readonly ts: string;
  /** Who wrote it: the bot, or a person. */
  readonly user: string;
  text: string;
  blocks: readonly unknown[];
  readonly thread?: string;
  readonly metadata?: unknown;
  /** Only this person sees it. */
  readonly only?: string;
  /** Ids of the files on it. */
  readonly files: readonly string[];
  /** It was posted with a mention that calls people. */
  readonly calls: boolean;
  edits: number;
  deleted: boolean;
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly alt: string;
  title: string;
  content?: Buffer;
  /** Where it can be seen. */
  shared?: { readonly channel: string; readonly ts: string; readonly thread?: string; readonly at: number };
}

export interface View {
  readonly id: string;
  hash: string;
  readonly user: string;
  open: boolean;
  content: ViewContent;
  /** Below its fields, after a refused submission. */
  errors: Readonly<Record<string, string>>;
}

export interface ViewContent {
  readonly callback_id?: string;
  readonly private_metadata?: string;
  readonly title: { readonly text: string };
  readonly blocks: readonly ViewBlock[];
}

export interface ViewBlock {
  readonly type: string;
  readonly block_id?: string;
  readonly text?: { readonly text: string };
  readonly label?: { readonly text: string };
  readonly hint?: { readonly text: string };
  readonly element?: {
    readonly type: string;
    readonly action_id: string;
    readonly options?: readonly { readonly text: { readonly text: string }; readonly value: string }[];
  };
}

interface Trigger {
  readonly user: string;
  readonly until: number;
  used: boolean;
}

export interface World {
  readonly team: string;
  readonly bot: { readonly user: string; readonly id: string };
  readonly app: string;
  readonly users: Map<string, User>;
  readonly channels: Map<string, Channel>;
  readonly messages: Message[];
  readonly files: Map<string, StoredFile>;
  readonly views: Map<string, View>;
  readonly triggers: Map<string, Trigger>;
  /** Ways to answer an event without the bot token: how often they were used, until when they work. */
  readonly responses: Map<
    string,
    { readonly channel: string; readonly user: string; readonly until: number; uses: number }
  >;
  readonly violations: string[];
  nextTs(): string;
  nextId(prefix: string): string;
  trigger(user: string): string;
}

/** docs.slack.dev/interactivity: a trigger lives three seconds. */
const TRIGGER_MS = 3_000;

export function createWorld(): World {
  let last = 0;
  let count = 0;
  const nextId = (prefix: string): string => {
    count += 1;
    return `${prefix}${count.toString(36).toUpperCase().padStart(8, '0')}`;
  };
  const triggers = new Map<string, Trigger>();
  return {
    team: 'T0ZAPAS01',
    bot: { user: 'U0ZAPASBOT', id: 'B0ZAPASBOT' },
    app: 'A0ZAPAS01',
    users: new Map(),
    channels: new Map(),
    messages: [],
    files: new Map(),
    views: new Map(),
    triggers,
    responses: new Map(),
    violations: [],
    nextId,
    nextTs() {
      last = Math.max(last + 1, Date.now() * 1_000);
      return `${Math.floor(last / 1_000_000)}.${String(last % 1_000_000).padStart(6, '0')}`;
    },
    trigger(user) {
      const id = `${Date.now()}.${nextId('')}.${Math.random().toString(16).slice(2)}`;
      triggers.set(id, { user, until: Date.now() + TRIGGER_MS, used: false });
      return id;
    },
  };
}

/** The texts of blocks in reading order, as a reader sees them. */
export function textsOf(blocks: readonly unknown[]): readonly string[] {
  return blocks.flatMap((block) => {
    const said = block as Readonly<Record<string, unknown>>;
    if (said['type'] === 'rich_text') return richTexts(said['elements'] as readonly Rich[]);
    const parts = [said['text'], said['label'], said['hint'], ...list(said['fields']), ...list(said['elements'])];
    return parts.flatMap(plainText);
  });
}

interface Rich {
  readonly elements: readonly { readonly type: string; readonly text?: string; readonly range?: string }[];
}

function richTexts(elements: readonly Rich[]): readonly string[] {
  return elements.flatMap(({ elements: runs }) => {
    const words = runs.map(({ type, text = '', range = '' }) => (type === 'broadcast' ? `@${range}` : text));
    return words.join('').split('\n');
  });
}

function plainText(part: unknown): readonly string[] {
  if (typeof part !== 'object' || part === null) return [];
  const { type, text } = part as { readonly type?: unknown; readonly text?: unknown };
  if (type === 'button') return [];
  return typeof text === 'string' ? text.split('\n') : [];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

interface PlacedButton {
  readonly action_id: string;
  readonly value: string;
  readonly text: { readonly text: string };
}

export function buttonsOf(blocks: readonly unknown[]): readonly PlacedButton[] {
  return blocks.flatMap((block) => {
    const { type, elements } = block as { readonly type: string; readonly elements?: readonly PlacedButton[] };
    return type === 'actions' ? (elements ?? []) : [];
  });
}
