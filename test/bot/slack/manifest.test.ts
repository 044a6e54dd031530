import { describe, expect, it } from 'vitest';
import { defineCommands } from '../../../src/bot/commands.ts';
import { APP_SCOPE, SCOPES, slackManifest } from '../../../src/bot/platforms/slack/manifest.ts';
import { RUNBOOKS } from '../../../src/runbooks/registry.ts';
import { SCOPES_OF } from '../../fakes/slack/methods.ts';

const commands = defineCommands(RUNBOOKS);

describe('the manifest of the Slack app', () => {
  it('has one command, which hints at the others, and needs no address in Socket Mode', () => {
    const { features, settings } = slackManifest(commands, { by: 'socket' });
    const [command, ...others] = features?.slash_commands ?? [];
    expect(others).toEqual([]);
    expect(command?.command).toBe('/zapas');
    expect(command?.usage_hint).toMatch(/^help \| .*setup.*\| …$/);
    expect(command?.usage_hint?.length).toBeLessThanOrEqual(120);
    expect(command).not.toHaveProperty('url');
    expect(settings).toMatchObject({ socket_mode_enabled: true, interactivity: { is_enabled: true } });
  });

  it('names the one address for everything in HTTP mode', () => {
    const url = 'https://zapas.example.org/slack/events';
    const { features, settings } = slackManifest(commands, { by: 'http', url });
    expect(features?.slash_commands?.[0]?.url).toBe(url);
    expect(settings).toMatchObject({
      socket_mode_enabled: false,
      interactivity: { request_url: url, message_menu_options_url: url },
    });
  });

  it('asks for exactly the rights that the methods in use need, and says why', () => {
    const needed = new Set(['commands', ...Object.values(SCOPES_OF).flat()]);
    expect(new Set(Object.keys(SCOPES))).toEqual(needed);
    expect(slackManifest(commands, { by: 'socket' }).oauth_config?.scopes?.bot).toEqual(Object.keys(SCOPES));
    expect(Object.values(SCOPES).filter((why) => why.length < 10)).toEqual([]);
    expect(APP_SCOPE).toBe('connections:write');
  });

  it("keeps to the manifest schema's lengths", () => {
    const { display_information: shown, features } = slackManifest(commands, { by: 'socket' });
    expect(shown.name.length).toBeLessThanOrEqual(35);
    expect(shown.description?.length).toBeLessThanOrEqual(140);
    expect(features?.bot_user?.display_name).toMatch(/^[a-z0-9._-]{1,80}$/);
  });
});
