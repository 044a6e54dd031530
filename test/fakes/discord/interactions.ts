import { randomBytes } from 'node:crypto';
import type { Answered } from './http.ts';
import { refuse } from './http.ts';
import {
  brokenByCompletion,
  brokenByMessage,
  brokenByModal,
  EPHEMERAL_FLAG,
  flatten,
  list,
  text,
  V2_FLAG,
} from './rules.ts';
import type { File, Message, World } from './world.ts';
import { numbered } from './world.ts';

type Json = Readonly<Record<string, unknown>>;

/** docs, interaction types. */
export const TYPES = { command: 2, component: 3, completion: 4, modal: 5 } as const;
/** docs, interaction callback types. */
const ANSWERS = { message: 4, defer: 5, deferUpdate: 6, update: 7, completion: 8, modal: 9 } as const;
const LOADING_FLAG = 1 << 7;
const SUPPRESS_EMBEDS_FLAG = 1 << 2;

export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly type: number;
  readonly user: string;
  readonly channel: string;
  /** The message whose button was pressed. */
  readonly message?: string;
  readonly createdAt: number;
  readonly begunAt: number;
  /** Milliseconds to the first answer. */
  ackMs?: number;
  answer?: number;
  /** What the person is shown first: a message of its own. */
  original?: string;
  modal?: Json;
  choices?: readonly Json[];
}

/** The endpoints that answer what people do, with their deadlines. */
export class Interactions {
  readonly all = new Map<string, Interaction>();
  readonly #world: World;
  readonly #firstAnswerMs: number;
  readonly #tokenMs: number;
  readonly #violations: string[];

  constructor(
    world: World,
    limits: { readonly firstAnswerMs: number; readonly tokenMs: number },
    violations: string[],
  ) {
    this.#world = world;
    this.#firstAnswerMs = limits.firstAnswerMs;
    this.#tokenMs = limits.tokenMs;
    this.#violations = violations;
  }

  open(type: number, user: string, channel: string, message?: string): Interaction {
    const interaction: Interaction = {
      id: this.#world.snowflake(),
      token: randomBytes(24).toString('base64url'),
      type,
      user,
      channel,
      ...(message !== undefined && { message }),
      createdAt: this.#world.now(),
      begunAt: performance.now(),
    };
    this.all.set(interaction.token, interaction);
    return interaction;
  }

  /** Has it had its first answer, or is it too late for one? */
  isSettled({ answer, createdAt }: Interaction): boolean {
    return answer !== undefined || this.#world.now() - createdAt > this.#firstAnswerMs;
  }

  /** POST …/callback. */
  callback(id: string, token: string, body: Json, files: readonly File[]): Answered {
    const interaction = this.all.get(token);
    if (!interaction || interaction.id !== id) return refuse(404, 10_062, 'Unknown interaction');
    if (interaction.answer !== undefined) return refuse(400, 40_060, 'Interaction has already been acknowledged.');
    if (this.isSettled(interaction)) return refuse(404, 10_062, 'Unknown interaction');
    const type = Number(body['type']);
    const data = (body['data'] ?? {}) as Json;
    const broken = this.#brokenBy(interaction, type, data, files);
    if (broken.length > 0) {
      this.#violations.push(...broken);
      return refuse(400, 50_035, 'Invalid Form Body');
    }
    interaction.answer = type;
    interaction.ackMs = performance.now() - interaction.begunAt;
    if (type === ANSWERS.modal) interaction.modal = data;
    if (type === ANSWERS.completion) interaction.choices = list(data['choices']);
    if (type === ANSWERS.message || type === ANSWERS.defer) {
      const loading = type === ANSWERS.defer ? LOADING_FLAG : 0;
      interaction.original = this.#post(interaction, data, files, loading).id;
    }
    return { status: 204 };
  }

  #brokenBy(interaction: Interaction, type: number, data: Json, files: readonly File[]): readonly string[] {
    const { type: of } = interaction;
    if ((of === TYPES.completion) !== (type === ANSWERS.completion)) return [`interaction: answer ${type} to ${of}`];
    switch (type) {
      case ANSWERS.completion:
        return brokenByCompletion(data['choices']);
      case ANSWERS.modal:
        return [...(of === TYPES.modal ? ['interaction: a modal after a modal'] : []), ...brokenByModal(data)];
      case ANSWERS.defer:
        return Number(data['flags'] ?? 0) & V2_FLAG ? ['interaction: IS_COMPONENTS_V2 on a defer'] : [];
      case ANSWERS.message:
        return brokenByMessage(data, { files: files.map(({ name }) => name) });
      case ANSWERS.deferUpdate:
      case ANSWERS.update:
        return interaction.message === undefined ? ['interaction: there is no message to update'] : [];
      default:
        return [`interaction: answer of type ${type}`];
    }
  }

  /** The endpoints below /webhooks/<application>/<token>. */
  webhook(method: string, token: string, message: string | undefined, body: Json, files: readonly File[]): Answered {
    const interaction = this.all.get(token);
    if (!interaction) return refuse(404, 10_015, 'Unknown Webhook');
    if (this.#world.now() - interaction.createdAt > this.#tokenMs) return refuse(401, 50_027, 'Invalid Webhook Token');
    if (interaction.answer === undefined) return refuse(404, 10_015, 'Unknown Webhook');
    if (method === 'POST') return this.#followUp(interaction, body, files);
    const id = message === '@original' ? interaction.original : message;
    const found = id === undefined ? undefined : this.#world.messages.get(id);
    if (!found) return refuse(404, 10_008, 'Unknown Message');
    if (method === 'DELETE') {
      this.#world.messages.delete(found.id);
      return { status: 204 };
    }
    if (method === 'PATCH') {
      // docs, edit webhook message: these flags alone can be set.
      const other = Number(body['flags'] ?? 0) & ~(V2_FLAG | SUPPRESS_EMBEDS_FLAG);
      if (other !== 0) return this.#refuse([`flags: ${other} cannot be set by an edit`]);
      const broken = brokenByMessage(body, { v2: (found.flags & V2_FLAG) !== 0, files: files.map(({ name }) => name) });
      if (broken.length > 0) return this.#refuse(broken);
      redraw(this.#world, found, body, files);
      found.flags &= ~LOADING_FLAG;
    }
    return { status: 200, body: this.#world.messageObject(found) };
  }

  #followUp(interaction: Interaction, body: Json, files: readonly File[]): Answered {
    const broken = brokenByMessage(body, { files: files.map(({ name }) => name) });
    if (broken.length > 0) return this.#refuse(broken);
    const awaited = interaction.original === undefined ? undefined : this.#world.messages.get(interaction.original);
    // docs, receiving and responding: the first follow-up to a deferred answer is that answer.
    if (awaited && (awaited.flags & LOADING_FLAG) !== 0)
      this.#violations.push('a follow-up takes the place of the answer that is awaited');
    const message = this.#post(interaction, body, files, 0);
    return { status: 200, body: this.#world.messageObject(message) };
  }

  #refuse(broken: readonly string[]): Answered {
    this.#violations.push(...broken);
    return refuse(400, 50_035, 'Invalid Form Body');
  }

  #post({ user, channel }: Interaction, data: Json, files: readonly File[], more: number): Message {
    const flags = Number(data['flags'] ?? 0) | more;
    const message: Message = {
      id: this.#world.snowflake(),
      channel,
      author: this.#world.bot,
      createdAt: this.#world.now(),
      flags,
      content: text(data['content']),
      components: numbered(data['components']),
      files,
      edits: 0,
      ...((flags & EPHEMERAL_FLAG) !== 0 && { only: user }),
    };
    this.#world.put(message);
    return message;
  }
}

/** An edit: what is given replaces what was there. */
export function redraw(world: World, message: Message, body: Json, files: readonly File[]): void {
  if (body['components'] !== undefined) message.components = numbered(body['components']);
  if (body['content'] !== undefined) message.content = text(body['content']);
  message.flags |= Number(body['flags'] ?? 0) & V2_FLAG;
  message.files = [...message.files, ...files];
  message.editedAt = world.now();
  message.edits += 1;
  world.put(message);
}

/** The inputs of a modal with what was typed, as MODAL_SUBMIT carries them. */
export function submitted(modal: Json, values: Readonly<Record<string, string>>): readonly Json[] {
  return list(modal['components']).map((one, at) => {
    const [, inner] = flatten([one]);
    if (!inner) return { type: one['type'], id: at + 1 };
    const name = text(inner['custom_id']);
    const typed = values[name] ?? '';
    const common = { type: inner['type'], id: at + 101, custom_id: name };
    const filled =
      inner['type'] === 3 ? { ...common, values: typed === '' ? [] : [typed] } : { ...common, value: typed };
    // An older client puts an action row around each input instead of a label.
    const around = one['type'] === 1 ? { components: [filled] } : { component: filled };
    return { type: one['type'], id: at + 1, ...around };
  });
}
