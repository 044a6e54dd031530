import { describe, expect, it } from 'vitest';
import { BUDGET, LIMITS } from '../../../src/bot/platforms/slack/limits.ts';
import type { Rendered } from '../../../src/bot/platforms/slack/render.ts';
import { renderCard, renderLeast } from '../../../src/bot/platforms/slack/render.ts';
import type { Block, Card } from '../../../src/domain/card.ts';
import { refuseMessage } from '../../fakes/slack/rules.ts';
import { textsOf } from '../../fakes/slack/world.ts';
import { drawn } from './drawn.ts';
import { hostileCard } from './hostile.ts';

function card(over: Partial<Card> = {}): Card {
  return { id: 'run:a', rev: 1, tone: 'info', title: 'Title', blocks: [], buttons: [], fallback: 'Fallback', ...over };
}

const shown = (over: Partial<Card>): string => drawn(renderCard(card(over), { alert: false }));
const alone = (block: Block): string => shown({ blocks: [block] });
const step = (fraction: number): string =>
  alone({
    kind: 'steps',
    items: [
      {
        kind: 'step',
        id: 'a.b',
        state: 'running',
        title: 'T',
        effect: 'read',
        progress: { fraction, text: '1 of 2' },
      },
    ],
  });

/** Every string value of a payload, with the key it stands under. */
function strings(value: unknown, key = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[key, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => strings(inner, Array.isArray(value) ? key : name));
}

function weight({ blocks }: Rendered): number {
  return strings(blocks).reduce((sum, [key, text]) => sum + (key === 'text' ? text.length : 0), 0);
}

/** Controls but line ends, bidirectional and invisible characters, halves of pairs; emoji of ours hold no joiner. */
const INVISIBLE = /(?!\n)\p{Cc}|\p{Cf}|\p{Surrogate}|\p{Zl}|\p{Zp}/u;

describe('2,000 hostile cards', () => {
  const cards = Array.from({ length: 2_000 }, (_, seed) => {
    const hostile = hostileCard(seed);
    return { seed, hostile, message: renderCard(hostile, { alert: false }) };
  });

  it('become messages that Slack takes, within the budget, with all their buttons', () => {
    const wrong = cards.flatMap(({ seed, hostile, message }) => {
      const refusal = refuseMessage(message.blocks);
      const buttons = strings(message.blocks).filter(([key]) => key === 'action_id').length;
      const heavy = weight(message) > BUDGET.message && message.blocks.length > hostile.buttons.length;
      return refusal || heavy || buttons !== hostile.buttons.length || message.text.length > BUDGET.fallback
        ? [{ seed, refusal, weight: weight(message), buttons }]
        : [];
    });
    expect(wrong).toEqual([]);
  });

  it('can neither mark up, mention, link, hide nor turn anything around', () => {
    const wrong = cards.flatMap(({ seed, message }) => {
      const texts = [...strings(message.blocks), ['text', message.text] as const];
      const kinds = texts.filter(
        ([key, text]) => key === 'type' && /^(mrkdwn|link|user|usergroup|broadcast|emoji|channel)$/.test(text),
      );
      const hidden = texts.filter(([, text]) => INVISIBLE.test(text));
      const emoji = JSON.stringify(message.blocks).includes('"emoji":true');
      return kinds.length + hidden.length > 0 || emoji || /<|>/.test(message.text) ? [{ seed, kinds, hidden }] : [];
    });
    expect(wrong).toEqual([]);
  });

  it('keep to the budget even as little as can stand for them', () => {
    const refusals = cards.map(({ hostile }) => refuseMessage(renderLeast(hostile, { alert: true }).blocks));
    expect(refusals.filter(Boolean)).toEqual([]);
  });
});

describe('a card on Slack', () => {
  it('says what it is about in a line for notifications, escaped where Slack reads markup', () => {
    const { text } = renderCard(card({ fallback: 'a <!channel> & <b>' }), { alert: false });
    expect(text).toBe('a &lt;!channel&gt; &amp; &lt;b&gt;');
  });

  it('never halves an escape or a surrogate pair where it cuts', () => {
    const escaped = renderCard(card({ fallback: '&'.repeat(600) }), { alert: false }).text;
    expect(escaped.replaceAll('&amp;', '')).toBe('…');
    // One of the two would be cut in the middle of a pair.
    for (const before of ['', 'x']) {
      const title = renderCard(card({ title: before + '😀'.repeat(200) }), { alert: false });
      expect(drawn(title)).toMatch(/^text: Fallback\n\[header\]\n {2}🔵 x?(😀)+…$/u);
    }
  });

  it('calls people only where it is told to', () => {
    expect(drawn(renderCard(card({ alerts: true }), { alert: true }))).toContain('<@here>');
    expect(drawn(renderCard(card({ alerts: true }), { alert: false }))).not.toContain('<@here>');
  });

  it('keeps the end of a log and says how much is missing', () => {
    const text = alone({
      kind: 'log',
      title: 'pg_log',
      lines: Array.from({ length: 200 }, (_, at) => `line ${at} ${'x'.repeat(40)}`),
    });
    expect(text).toContain('│ line 199 ');
    expect(text).not.toContain('│ line 0 ');
    expect(text).toMatch(/│ … \+1\d\d\n/);
  });

  it('keeps the end of a single line that is longer than the room', () => {
    const text = alone({ kind: 'log', title: 'pg_log', lines: [`${'a'.repeat(9_000)}END`] });
    expect(text).toMatch(/│ …a+END$/);
  });

  it('shows fences of a log as they are', () => {
    const text = alone({ kind: 'log', title: 'pg_log', lines: ['```', '<!here> *x*'] });
    expect(text).toContain('│ ```\n  │ <!here> *x*');
  });

  it('drops the footer first, then lines of logs; title, state and buttons stay', () => {
    const log: Block = { kind: 'log', title: 'pg_log', lines: Array.from({ length: 60 }, () => 'y'.repeat(40)) };
    const list: Block = { kind: 'list', items: Array.from({ length: 40 }, () => ({ title: 'z'.repeat(120) })) };
    const button = { verb: 'stop', payload: 'a', label: 'Stop', style: 'danger', opensForm: false } as const;
    const some = shown({ blocks: [list, log], buttons: [button], footer: 'the footer' });
    expect(some).toContain('the footer');
    const much = shown({
      blocks: [list, log, { kind: 'text', style: 'plain', text: 'w'.repeat(990) }],
      buttons: [button],
      footer: 'the footer',
    });
    expect(much).not.toContain('the footer');
    expect(much).toContain(`🔵 Title`);
    expect(much).toContain('(Stop) danger stop:0 a');
    expect(much.match(/y{40}/g)?.length).toBeLessThan(60);
    expect(much.match(/z{120}/g)).toHaveLength(40);
  });

  it('shows a number of fields that Slack takes, and says how many more there are', () => {
    const text = alone({
      kind: 'fields',
      fields: Array.from({ length: 20 }, (_, at) => ({ label: `l${at}`, value: `v${at}` })),
    });
    expect(text).toContain('l11 | v11');
    expect(text).toContain('… +8');
    expect(text.match(/\[section\]/g)).toHaveLength(2);
  });

  it('says how many characters of the commands are not shown', () => {
    const text = alone({
      kind: 'commands',
      title: 'Commands',
      groups: [{ host: 'two', commands: ['c'.repeat(5_000)] }],
    });
    expect(text).toMatch(/c…\n {2}│ … \+1002$/);
  });

  it('draws a bar, whatever the fraction', () => {
    expect(step(0.5)).toContain('`██████████░░░░░░░░░░ 50 %`  1 of 2');
    expect(step(9)).toContain('`████████████████████ 100 %`');
    expect(step(Number.NaN)).toContain('░ 0 %`');
  });

  it('spreads more buttons than a row takes over several rows', () => {
    const buttons = Array.from({ length: 30 }, (_, at) => ({
      verb: 'show' as const,
      payload: `run${at}`,
      label: `Show ${at}`,
      style: 'neutral' as const,
      opensForm: false,
    }));
    const message = renderCard(card({ buttons }), { alert: false });
    expect(message.blocks.filter(({ type }) => type === 'actions')).toHaveLength(2);
    expect(message.blocks.length).toBeLessThanOrEqual(LIMITS.blocksOfMessage.max);
    expect(textsOf(message.blocks)).toEqual(['🔵 Title']);
  });
});
