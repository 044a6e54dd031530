/** A number that Slack does not let anybody go beyond, and who says so. */
interface Limit {
  readonly max: number;
  /** `Interface.field` of @slack/types whose documentation names the number; a test compares the two. */
  readonly types?: string;
  readonly source?: string;
}

/** What Slack refuses beyond. Characters, unless the name says otherwise. */
export const LIMITS = {
  blocksOfMessage: { max: 50, source: 'docs.slack.dev/reference/block-kit/blocks' },
  blocksOfView: { max: 100, types: 'BaseView.blocks' },
  header: { max: 150, types: 'HeaderBlock.text' },
  section: { max: 3_000, types: 'SectionBlock.text' },
  fieldsOfSection: { max: 10, types: 'SectionBlock.fields' },
  field: { max: 2_000, types: 'SectionBlock.fields' },
  elementsOfActions: { max: 25, types: 'ActionsBlock.elements' },
  button: { max: 75, types: 'Button.text' },
  buttonValue: { max: 2_000, types: 'Button.value' },
  id: { max: 255, types: 'Block.block_id' },
  inputLabel: { max: 2_000, types: 'InputBlock.label' },
  inputHint: { max: 2_000, types: 'InputBlock.hint' },
  inputLength: { max: 3_000, types: 'PlainTextInput.min_length' },
  options: { max: 100, types: 'StaticSelect.options' },
  option: { max: 75, types: 'PlainTextOption.text' },
  optionValue: { max: 75, types: 'OptionDescriptor.value' },
  placeholder: { max: 150, types: 'Placeholdable.placeholder' },
  viewTitle: { max: 24, types: 'ModalView.title' },
  viewSubmit: { max: 24, types: 'ModalView.submit' },
  viewClose: { max: 24, types: 'ModalView.close' },
  privateMetadata: { max: 3_000, types: 'BaseView.private_metadata' },
} as const satisfies Readonly<Record<string, Limit>>;

/** What a message keeps to of itself, where Slack names no number or people could not read more. Characters. */
export const BUDGET = {
  /** All texts of a message: `msg_blocks_too_long` came at 11 341 and above (bolt-js #2867, #2509), nobody says when exactly. */
  message: 8_000,
  /** `text` beside the blocks: Slack advises 4 000 (changelog 2018-04); a notification shows a line. */
  fallback: 1_000,
} as const;

/** Milliseconds and rates, with their sources. */
export const PACE = {
  /** docs.slack.dev/interactivity: commands, actions, options and views are acknowledged within three seconds. */
  ackMs: 3_000,
  /** docs.slack.dev/interactivity: a trigger opens one view within three seconds. */
  triggerMs: 3_000,
  /** chat.update is Tier 3 (50 a minute for the app, all messages together); a fifth stays free for posts and answers. */
  perMinute: 40,
} as const;
