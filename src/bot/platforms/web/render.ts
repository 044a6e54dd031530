import type {
  Block,
  Button,
  Card,
  ChecklistBlock,
  CommandsBlock,
  EvidenceBlock,
  Field,
  ListBlock,
  StepItem,
  StepsBlock,
  TextBlock,
} from '../../../domain/card.ts';
import type { Translator } from '../../../i18n/translate.ts';
import type { Html } from '../../web/html.ts';
import { html } from '../../web/html.ts';
import { SIGHTING_SIGNS, STEP_SIGNS, TONE_SIGNS, VERDICT_SIGNS } from '../terminal/style.ts';

export interface RenderOptions {
  readonly t: Translator;
  /** Draws a button; undefined where there is nobody to press it. */
  readonly button: (button: Button) => Html | undefined;
  /** The title is a heading of this rank. */
  readonly rank: 2 | 3;
}

/** A card as markup: the inside of an `article`. Every string of it is text; see {@link html}. */
export function renderCard(card: Card, options: RenderOptions): Html {
  const { t, rank, button } = options;
  const { sign } = TONE_SIGNS[card.tone];
  const title = html`${mark(sign, t.say(`web.sign.tone.${card.tone}`))}<span>${card.title}</span>`;
  const buttons = card.buttons.flatMap((one) => button(one) ?? []);
  return html`<header>${rank === 2 ? html`<h2>${title}</h2>` : html`<h3>${title}</h3>`}</header>
<div class="blocks">${card.blocks.map((block) => renderBlock(block, options))}</div>
${card.link && html`<p><a class="button primary" href="${card.link.url}" target="_blank" rel="noopener noreferrer">${card.link.label}</a></p>`}${buttons.length > 0 && html`<div class="buttons">${buttons}</div>`}${card.footer !== undefined && html`<footer>${card.footer}</footer>`}`;
}

/** A sign for the eye, with its meaning in words for those who hear the page. */
export function mark(sign: string, words: string): Html {
  return html`<span class="sign" aria-hidden="true">${sign}</span><span class="sr">${words}: </span>`;
}

function renderBlock(block: Block, options: RenderOptions): Html | undefined {
  switch (block.kind) {
    case 'text':
      return renderText(block);
    case 'fields':
      return renderFields(block.fields);
    case 'checklist':
      return renderChecklist(block, options);
    case 'steps':
      return renderSteps(block, options);
    case 'log':
      return html`<section class="log">${heading(block.title)}<pre tabindex="0">${block.lines.join('\n')}</pre></section>`;
    case 'commands':
      return renderCommands(block);
    case 'evidence':
      return renderEvidence(block, options);
    case 'list':
      return renderList(block, options);
  }
}

function heading(title: string | undefined): Html | undefined {
  return title === undefined ? undefined : html`<p class="heading">${title}</p>`;
}

function renderText({ text, style }: TextBlock): Html {
  return html`<p class="text ${style}"${style === 'warning' && html` role="note"`}>${text}</p>`;
}

function renderFields(fields: readonly Field[]): Html | undefined {
  if (fields.length === 0) return undefined;
  return html`<dl>${fields.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function renderChecklist({ title, items }: ChecklistBlock, { t }: RenderOptions): Html {
  const lines = items.map(({ verdict, title: what, host, detail, next }) => {
    const where = host === undefined ? undefined : html` <span class="host">${host}</span>`;
    const todo = next !== undefined && next !== '' && html`<p class="next">${next}</p>`;
    const sign = mark(VERDICT_SIGNS[verdict].sign, t.say(`verdict.${verdict}`));
    return html`<li class="${verdict}">${sign}<div><strong>${what}</strong>${where}<p>${detail}</p>${todo}</div></li>`;
  });
  return html`<section class="checklist">${heading(title)}<ul>${lines}</ul></section>`;
}

function renderSteps({ title, items }: StepsBlock, options: RenderOptions): Html {
  return html`<section class="steps">${heading(title)}<ol>${items.map((item) => renderStep(item, options))}</ol></section>`;
}

function renderStep(item: StepItem, { t }: RenderOptions): Html {
  if (item.kind === 'point-of-no-return')
    return html`<li class="point${item.passed && ' passed'}"><span>${item.title}</span></li>`;
  const { state, title, note, progress, effect } = item;
  const current = (state === 'running' || state === 'waiting') && html` aria-current="step"`;
  const bar =
    progress &&
    html`<span class="bar"><progress max="100" value="${Math.floor(progress.fraction * 100)}">${Math.floor(progress.fraction * 100)} %</progress> ${Math.floor(progress.fraction * 100)} % <small>${progress.text}</small></span>`;
  const sign = mark(STEP_SIGNS[state].sign, t.say(`web.sign.step.${state}`));
  const side = note !== undefined && html` <small>${note}</small>`;
  return html`<li class="${state} ${effect}"${current}>${sign}<div>${title}${side}${bar}</div></li>`;
}

/** Never cut: what is approved is what runs, every character of it. */
function renderCommands({ title, groups }: CommandsBlock): Html {
  const hosts = groups.map(({ host, commands }) => {
    const lines = commands.map((command) => html`<code>${command}</code>`);
    return html`<div class="host-group"><span class="host">${host}</span><pre tabindex="0">${lines}</pre></div>`;
  });
  return html`<section class="commands">${heading(title)}${hosts}</section>`;
}

function renderEvidence({ title, sightings, fields }: EvidenceBlock, { t }: RenderOptions): Html {
  const seen = sightings.map(
    ({ saw, text }) =>
      html`<li class="${saw}">${mark(SIGHTING_SIGNS[saw].sign, t.say(`web.sign.saw.${saw}`))}<div>${text}</div></li>`,
  );
  return html`<section class="evidence">${heading(title)}<ul>${seen}</ul>${renderFields(fields)}</section>`;
}

function renderList({ title, items }: ListBlock, { t }: RenderOptions): Html {
  const lines = items.map(({ title: what, detail, tone }) => {
    const sign = tone && mark(TONE_SIGNS[tone].sign, t.say(`web.sign.tone.${tone}`));
    const below = detail !== undefined && html`<p>${detail}</p>`;
    return html`<li class="${tone ?? 'plain'}">${sign}<div>${what}${below}</div></li>`;
  });
  return html`<section class="list">${heading(title)}<ul>${lines}</ul></section>`;
}
