import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { WebSettings } from '../../domain/platform-settings.ts';
import { Refusal } from './http.ts';

/** What every answer carries, whatever it is. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The names under which this server may be asked: `hosts` as in `Host`, `origins` as in `Origin`. */
export interface Names {
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
}

/** The names of a server that listens there. A foreign name that resolves to this machine (DNS rebinding) is none of them. */
export function namesOf({ publicUrl }: WebSettings, host: string, port: number): Names {
  const own = isLoopback(host) || isWildcard(host) ? ['127.0.0.1', 'localhost', '[::1]'] : [urlHost(host)];
  const urls = own.map((name) => new URL(`http://${name}:${port}`));
  if (publicUrl !== undefined) urls.push(new URL(publicUrl));
  return { hosts: new Set(urls.map((url) => url.host)), origins: new Set(urls.map(({ origin }) => origin)) };
}

/** Throws {@link Refusal} 421 for a host that is not ours. */
export function checkHost({ hosts }: Names, { host = '' }: IncomingHttpHeaders): void {
  if (!hosts.has(host.toLowerCase())) throw new Refusal(421);
}

/**
 * Throws {@link Refusal} 403 unless the browser says that the form was sent from a page of ours. Under `no-referrer` browsers hide
 * the origin of forms (`null`); then `Sec-Fetch-Site` has to say it. Who sends neither is no browser that protects anybody.
 */
export function checkOrigin({ origins }: Names, headers: IncomingHttpHeaders): void {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') throw new Refusal(403);
  if (origin !== undefined && origin !== 'null') {
    if (!origins.has(origin.toLowerCase())) throw new Refusal(403);
    return;
  }
  if (site !== 'same-origin') throw new Refusal(403);
}

/** The peer's address; IPv4 as IPv4, however the socket calls it. */
export function peerAddress({ socket }: IncomingMessage): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}

/** Is it this machine? Names, IPv4 and IPv6, with or without brackets. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

function isWildcard(host: string): boolean {
  return /^(0\.0\.0\.0|\[?::\]?)$/.test(host);
}

function urlHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

/** Tells addresses of a list: single ones, and networks such as `10.0.0.0/8`. Throws for what is neither. */
export function addressList(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
