import { z } from 'zod';
import { listenAddress, secretRef } from './formats.ts';

export const slackChannel = z
  .string()
  .regex(/^[CG][A-Z0-9]{2,20}$/, 'the id of a Slack channel, such as C0123ABCD; never its name');
export const snowflake = z
  .string()
  .regex(/^[1-9]\d{15,19}$/, 'an id of Discord: 17 to 20 digits (Developer Mode shows it)');

const slack = z
  .strictObject({
    /** `xoxb-…`. */
    botToken: secretRef,
    /** `xapp-…` with `connections:write`; for Socket Mode. */
    appToken: secretRef.optional(),
    /** For the HTTP mode: what Slack signs its requests with. */
    signingSecret: secretRef.optional(),
    mode: z.enum(['socket', 'http']).default('socket'),
    /** Where the HTTP mode listens. */
    listen: listenAddress.default('127.0.0.1:3000'),
    /** The workspace; people of another one are external. */
    team: z.string().regex(/^T[A-Z0-9]{2,20}$/, 'the id of the workspace, such as T0123ABCD'),
    channels: z.strictObject({ ops: slackChannel, approvals: slackChannel }),
  })
  .refine(({ mode, appToken, signingSecret }) => (mode === 'socket' ? appToken : signingSecret) !== undefined, {
    message: 'mode socket needs appToken, mode http needs signingSecret',
  });
export type SlackSettings = z.infer<typeof slack>;

const discord = z.strictObject({
  token: secretRef,
  application: snowflake,
  /** The server; its members are the members. */
  guild: snowflake,
  channels: z.strictObject({ ops: snowflake, approvals: snowflake }),
});
export type DiscordSettings = z.infer<typeof discord>;

/** Forms for secrets cross no wire in clear, and browsers vouch for the origin of a form nowhere else. */
function isPrivate(url: string): boolean {
  return /^(https:\/\/|http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])([:/]|$))/i.test(url);
}

const web = z.strictObject({
  /** Where forms for secrets, the console, health and metrics are served. */
  listen: listenAddress.default('127.0.0.1:8080'),
  /** How people reach it; links in chat begin with it. */
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .refine(isPrivate, 'an https address; plain http goes no further than this machine')
    .optional(),
  /** Single sign-on by a reverse proxy: which header names the person, and from which addresses it is believed. */
  signOn: z
    .strictObject({ header: z.string().regex(/^[A-Za-z0-9-]{1,64}$/), proxies: z.array(z.string().min(1)).min(1) })
    .optional(),
});
export type WebSettings = z.infer<typeof web>;

/** The chat platforms and the web server of the bot; absent ones are not started. */
export const platformsSchema = z.strictObject({
  slack: slack.optional(),
  discord: discord.optional(),
  web: web.optional(),
});
