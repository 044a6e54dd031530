import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Official material that is not part of the repository: samples of real traffic, and what Slack once published as OpenAPI. */
const SPECS = join(import.meta.dirname, '../../../../shared/specs');

export interface SlackSamples {
  /** Keys of real answers of a method, with empty values. */
  answer(method: string): unknown;
  /** Keys of real events: `SlashCommandPayload`. */
  event(name: string): unknown;
  tiers(): Readonly<Record<string, string>>;
  openapi(): unknown;
}

/** Undefined, and said aloud, where the material is missing. */
export const slackSamples: SlackSamples | undefined = find();

function find(): SlackSamples | undefined {
  if (!existsSync(join(SPECS, 'slack-samples'))) {
    console.warn(
      'SKIPPED: ../shared/specs is not there, so the fake Slack is not compared with samples of real traffic',
    );
    return undefined;
  }
  const read = (path: string): unknown => JSON.parse(readFileSync(join(SPECS, path), 'utf8'));
  return {
    answer: (method) => read(`slack-samples/api/${method}.json`),
    event: (name) => read(`slack-samples/app-backend/${name}.json`),
    tiers: () => read('slack-samples/rate_limit_tiers.json') as Readonly<Record<string, string>>,
    openapi: () => read('slack_web_openapi_v2.json'),
  };
}
