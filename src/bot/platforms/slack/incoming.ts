import type { App, BlockAction, BlockSuggestion, types, ViewSubmitAction } from '@slack/bolt';
import type { Form } from '../../../domain/card.ts';
import { VERBS } from '../../../domain/card.ts';
import type { Account, Handlers, Place } from '../../platform.ts';
import type { Act, ActDeps } from './act.ts';
import { carryOut, refuse } from './act.ts';
import { within } from './bounded.ts';
import { formOf, optionsOf, valuesOf } from './form.ts';
import { LIMITS } from './limits.ts';
import type { Rendered } from './render.ts';

export interface IncomingDeps extends ActDeps {
  /** The form as a modal for that person. */
  readonly view: (form: Form, to: Account, place: Place) => types.ModalView;
  /** Keeps count of what is under way, so that stopping waits for it. */
  readonly track: (work: Promise<void>) => Promise<void>;
}

/** Longest wait before a search for options is answered with none. */
const OPTIONS_MS = 1_500;
const NOBODY: Account = { platform: 'slack', account: '', kind: 'gone' };

/** Puts the handlers behind Bolt's listeners. Each listener answers everything of its sort, so nothing stays unacknowledged. */
export function listen(app: App, deps: IncomingDeps, handlers: Handlers): void {
  app.command(/^/, async ({ body, ack, respond }) => {
    const place = placeOf(body.channel_id);
    const act: Act = {
      // A trigger belongs to one event, and comes the same in every delivery and replay of it.
      delivery: body.trigger_id,
      user: body.user_id,
      team: body.team_id,
      place,
      trigger: body.trigger_id,
      async accept(shown) {
        await (shown ? ack(ephemeral(shown)) : ack());
        return shown !== undefined;
      },
      replace: () => Promise.resolve(false),
      respond: async (shown) => await respond(ephemeral(shown)),
    };
    await deps.track(
      carryOut(deps, act, (who) =>
        handlers.command({ who, place, delivery: act.delivery, input: { text: body.text } }),
      ),
    );
  });
  app.action(/^/, async ({ body, payload, ack, respond }) => {
    if (body.type !== 'block_actions') return await ack();
    const act = {
      ...pressOf(body),
      ...silent(ack),
      respond: async (shown: Rendered) => await respond(ephemeral(shown)),
    };
    const { place, delivery } = act;
    const verb = VERBS.find((one) => 'action_id' in payload && payload.action_id.split(':')[0] === one);
    const value = 'value' in payload ? payload.value : undefined;
    if (!verb || typeof value !== 'string') return await refuse(deps, act, NOBODY, 'slack.not-ours');
    await deps.track(carryOut(deps, act, (who) => handlers.press({ who, place, delivery, verb, payload: value })));
  });
  app.view<ViewSubmitAction>({ callback_id: /^/, type: 'view_submission' }, async ({ body, view, ack }) => {
    const form = formOf(view);
    const act: Act = {
      ...submitOf(body, form?.channel ?? ''),
      ...silent(ack),
      async replace(next, who) {
        await ack({ response_action: 'update', view: deps.view(next, who, act.place) });
        return true;
      },
    };
    if (!form) return await refuse(deps, act, NOBODY, 'slack.not-ours');
    const { verb, payload } = form;
    const { place, delivery } = act;
    const values = valuesOf(view.state.values);
    await deps.track(carryOut(deps, act, (who) => handlers.submit({ who, place, delivery, verb, payload, values })));
  });
  app.view({ callback_id: /^/, type: 'view_closed' }, async ({ ack }) => await ack());
  app.shortcut(/^/, async ({ ack }) => await ack());
  app.options<'block_suggestion'>({ type: 'block_suggestion', action_id: /^/ }, async ({ body, ack }) => {
    await ack({ options: await namesFor(deps, handlers, body) });
  });
}

/** Names for a menu that is searched: what completes the command if the typed letters were its next word. */
async function namesFor(
  { accounts, warn }: IncomingDeps,
  handlers: Handlers,
  body: BlockSuggestion,
): Promise<types.PlainTextOption[]> {
  try {
    const form = body.view && formOf(body.view);
    if (!form) return [];
    const who = await within(OPTIONS_MS, accounts.of(body.user.id, body.user.team_id));
    const names = handlers.complete(who, `${form.payload} ${body.value}`);
    return optionsOf(names.map((name) => ({ value: name, label: name }))).slice(0, LIMITS.options.max);
  } catch (error) {
    warn({ error: String(error) }, 'options could not be offered');
    return [];
  }
}

function placeOf(channel: string): Place {
  return { platform: 'slack', channel };
}

function pressOf(body: BlockAction): Omit<Act, 'accept' | 'replace' | 'respond'> {
  const channel = body.channel?.id ?? String(body.container['channel_id'] ?? '');
  const message = String(body.container['message_ts'] ?? '');
  const acts = body.actions.map(({ action_id, action_ts }) => `${action_id}@${action_ts}`).join();
  return {
    delivery: `${channel}/${message}/${body.user.id}/${acts}`,
    user: body.user.id,
    team: body.user.team_id ?? body.team?.id,
    place: placeOf(channel),
    trigger: body.trigger_id,
  };
}

function submitOf(body: ViewSubmitAction, channel: string): Omit<Act, 'accept' | 'replace' | 'respond'> {
  return {
    delivery: `${body.view.id}/${body.view.hash}`,
    user: body.user.id,
    team: body.user.team_id ?? body.team?.id,
    place: placeOf(channel),
    trigger: body.trigger_id,
  };
}

/** Ways to acknowledge where Slack shows nothing with it. */
function silent(ack: () => Promise<void>): Pick<Act, 'accept' | 'replace'> {
  return {
    async accept() {
      await ack();
      return false;
    },
    replace: () => Promise.resolve(false),
  };
}

function ephemeral({ text, blocks }: Rendered): {
  response_type: 'ephemeral';
  replace_original: false;
  text: string;
  blocks: types.KnownBlock[];
} {
  return { response_type: 'ephemeral', replace_original: false, text, blocks };
}
