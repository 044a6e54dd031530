import type { WebClient } from '@slack/web-api';
import { cleanLine } from '../../clean.ts';
import type { Attachment } from '../../platform.ts';
import { PlatformError } from '../../platform.ts';
import { codeOf } from './errors.ts';
import type { Spot } from './ledger.ts';
import { cut } from './text.ts';

/** Slack answers before the file is shared, and sometimes it never is (java-slack-sdk #1349). Waits between the looks. */
const LOOKS_MS = [100, 200, 400, 800, 1_500] as const;
/** files.getUploadURLExternal: `alt_txt_too_large`. */
const ALT_LIMIT = 1_000;
/** Why nobody can be written to directly. */
const NEVER: ReadonlySet<string> = new Set(['missing_scope', 'user_not_found', 'user_disabled', 'cannot_dm_bot']);
/** Slack lists a thread from its beginning, so all of it is read: as much as one call gives. */
const WHOLE_THREAD = 1_000;
/** Longest wait for the bytes to be taken. */
const SEND_MS = 30_000;

/** What Slack tells of a file on a message; the SDK's type of a reply does not know files. */
interface Shown {
  readonly name?: string;
  readonly title?: string;
  readonly size?: number;
}

/**
 * Puts a file into a thread and waits until Slack really shows it there. The SDK's own upload is not used: it sends the alternative
 * text as `alt_text`, but the method reads `alt_txt`. With one, Slack now and then drops the file without a word
 * (python-slack-sdk #1818); then it is sent again without, its title still says what is on it. The same file twice in a thread is one:
 * a process that died may have sent it without hearing of it.
 */
export async function uploadFile(client: WebClient, spot: Spot, file: Attachment): Promise<void> {
  const alt = cut(cleanLine(file.alt), ALT_LIMIT);
  if (await isThere(client, spot, file, alt)) return;
  const picture = /\.(png|jpe?g|gif)$/i.test(file.name);
  if (picture && (await uploadOnce(client, spot, file, { title: alt, alt_txt: alt }))) return;
  if (await uploadOnce(client, spot, file, { title: alt })) return;
  throw new PlatformError('unavailable');
}

/**
 * Gives a file to one person. An answer that only one person sees cannot carry a file (chat.postEphemeral takes none), so it goes into
 * the direct message between them and the bot.
 */
export async function handFile(client: WebClient, user: string, file: Attachment): Promise<void> {
  const { channel } = await client.conversations.open({ users: user }).catch((cause: unknown) => {
    // Asking again changes nothing of a right that the app has not got, nor of somebody who has left.
    throw NEVER.has(codeOf(cause) ?? '') ? new PlatformError('gone', { cause }) : cause;
  });
  if (channel?.id === undefined) throw new PlatformError('unavailable');
  await uploadFile(client, { channel: channel.id }, file);
}

/** Does the thread have it? Files carry no metadata of ours, so name, title and size tell. */
async function isThere(
  client: WebClient,
  { channel, thread }: Spot,
  { name, content }: Attachment,
  title: string,
): Promise<boolean> {
  if (thread === undefined) return false;
  const { messages = [] } = await client.conversations.replies({ channel, ts: thread, limit: WHOLE_THREAD });
  const files = messages.flatMap((message: { readonly files?: readonly Shown[] }) => message.files ?? []);
  return files.some((file) => file.name === name && file.title === title && file.size === content.byteLength);
}

/** True when the file stands there. */
async function uploadOnce(
  client: WebClient,
  { channel, thread }: Spot,
  { name, content }: Attachment,
  { title, ...described }: { readonly title: string; readonly alt_txt?: string },
): Promise<boolean> {
  const asked = { filename: name, length: content.byteLength, ...described };
  const { upload_url, file_id } = await client.files.getUploadURLExternal(asked);
  if (upload_url === undefined || file_id === undefined) throw new PlatformError('unavailable');
  await sendBytes(upload_url, content);
  await client.files.completeUploadExternal({
    files: [{ id: file_id, title }],
    channel_id: channel,
    ...(thread !== undefined && { thread_ts: thread }),
  });
  for (const wait of LOOKS_MS) {
    if (await isShared(client, file_id, channel)) return true;
    await new Promise((resolve) => {
      setTimeout(resolve, wait);
    });
  }
  return await isShared(client, file_id, channel);
}

async function sendBytes(url: string, content: Uint8Array): Promise<void> {
  const body = Buffer.from(content);
  const { ok } = await fetch(url, { method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(SEND_MS) });
  if (!ok) throw new PlatformError('unavailable');
}

async function isShared(client: WebClient, file: string, channel: string): Promise<boolean> {
  const { file: found } = await client.files.info({ file });
  return Object.hasOwn({ ...found?.shares?.public, ...found?.shares?.private }, channel);
}
