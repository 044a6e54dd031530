import type {
  APIComponentInContainer,
  APIContainerComponent,
  APIMessage,
  APIUser,
  RawFile,
  REST,
  RESTPatchAPIChannelMessageJSONBody,
} from 'discord.js';
import { ComponentType, MessageFlags, Routes } from 'discord.js';
import type { MessageRef } from '../../platform.ts';
import { nonceOf, numberOf } from './ids.ts';
import { createMemory } from './memory.ts';
import { NOBODY } from './render.ts';

/** What a message is made of. */
export interface Content {
  readonly container: APIContainerComponent;
  /** A new message of this kind makes people's devices ring; an edit never does. */
  readonly alerts: boolean;
  readonly files?: readonly RawFile[];
  readonly attachments?: { readonly id: string; readonly filename: string; readonly description: string }[];
}

/** Writes ordinary messages. Methods throw what Discord says. */
export interface Poster {
  /** The same key again gives the message that is already there. `fresh`: the channel was made just now. */
  post(channel: string, key: string, content: Content, fresh?: boolean): Promise<string>;
  redraw(ref: MessageRef, container: APIContainerComponent): Promise<void>;
}

/** Own messages among which one is looked for before it is posted. */
const LOOK_BACK = 50;

/**
 * A repeated message is recognised in two ways: by its nonce, which Discord keeps for some minutes, and by a number on its
 * container, which stays for ever and is found in the channel's history.
 */
export function createPoster(rest: REST): Poster {
  const numbers = createMemory<number>();
  let me: string | undefined;

  const find = async (channel: string, number: number): Promise<string | undefined> => {
    const query = new URLSearchParams({ limit: String(LOOK_BACK) });
    const latest = (await rest.get(Routes.channelMessages(channel), { query })) as readonly APIMessage[];
    me ??= ((await rest.get(Routes.user('@me'))) as APIUser).id;
    return latest.find((message) => message.author.id === me && markOf(message) === number)?.id;
  };
  return {
    async post(channel, key, { container, alerts, files, attachments }, fresh = false) {
      const number = numberOf(key);
      const known = fresh ? undefined : await find(channel, number);
      if (known !== undefined) return known;
      const body = {
        flags: alerts ? MessageFlags.IsComponentsV2 : MessageFlags.IsComponentsV2 | MessageFlags.SuppressNotifications,
        components: [{ ...container, id: number }],
        allowed_mentions: NOBODY,
        nonce: nonceOf(channel, key),
        enforce_nonce: true,
        ...(attachments && { attachments }),
      };
      const more = files && { files: [...files] };
      const { id } = (await rest.post(Routes.channelMessages(channel), { body, ...more })) as APIMessage;
      numbers.set(id, number);
      return id;
    },
    async redraw({ place, message }, container) {
      const route = Routes.channelMessage(place.channel, message);
      const number = numbers.get(message) ?? markOf((await rest.get(route)) as APIMessage);
      if (number !== undefined) numbers.set(message, number);
      const components = [{ ...container, ...(number !== undefined && { id: number }) }];
      const body: RESTPatchAPIChannelMessageJSONBody = { components, allowed_mentions: NOBODY };
      await rest.patch(route, { body });
    },
  };
}

function markOf({ components }: APIMessage): number | undefined {
  const [first] = components ?? [];
  return first?.type === ComponentType.Container ? first.id : undefined;
}

/** A container of these parts. */
export function containerOf(components: APIComponentInContainer[]): APIContainerComponent {
  return { type: ComponentType.Container, components };
}
