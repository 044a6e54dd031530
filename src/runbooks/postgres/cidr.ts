import { isIPv4, isIPv6 } from 'node:net';
import { formatError } from './format-error.ts';

/** An address range. `base` has its host bits cleared; `bits` is 32 (IPv4) or 128 (IPv6); `prefix` counts network bits. */
export interface Cidr {
  readonly bits: 32 | 128;
  readonly base: bigint;
  readonly prefix: number;
}

/** Reads `10.0.0.1`, `10.0.0.0/8`, `fe80::/10` …; `undefined` when it is no numeric address. A bare address is one host. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const value = parseAddress(address);
  if (value === undefined || rest.length > 0) return undefined;
  if (length === undefined) return { ...value, prefix: value.bits };
  const prefix = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  return prefix <= value.bits ? range(value, prefix) : undefined;
}

/**
 * Reads an address with a separate mask (`10.77.0.13 255.255.255.0`). PostgreSQL takes masks with holes; a hole has no
 * prefix form, so such a mask gives `undefined`.
 */
export function parseMasked(address: string, mask: string): Cidr | undefined {
  const value = parseAddress(address);
  const bitmap = parseAddress(mask);
  if (value === undefined || bitmap === undefined || value.bits !== bitmap.bits) return undefined;
  const ones = bitmap.base.toString(2).padStart(bitmap.bits, '0');
  return /^1*0*$/.test(ones) ? range(value, ones.replace(/0+$/, '').length) : undefined;
}

/** Does every address of `inner` lie in `outer`? */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return outer.bits === inner.bits && outer.prefix <= inner.prefix && range(inner, outer.prefix).base === outer.base;
}

/** Is there an address in both? */
export function overlaps(one: Cidr, other: Cidr): boolean {
  return contains(one, other) || contains(other, one);
}

/** The address and prefix as pg_hba.conf takes them. Throws `postgresql.format` for what is no address. */
export function canonicalCidr(text: string): string {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw formatError('pg_hba.conf', 'address');
  return text.includes('/') ? text : `${text}/${cidr.prefix}`;
}

function range(value: { bits: 32 | 128; base: bigint }, prefix: number): Cidr {
  const hostBits = BigInt(value.bits - prefix);
  return { bits: value.bits, base: (value.base >> hostBits) << hostBits, prefix };
}

function parseAddress(text: string): { bits: 32 | 128; base: bigint } | undefined {
  if (isIPv4(text)) return { bits: 32, base: fromGroups(text.split('.').map(Number), 8n) };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const [head = '', tail] = text.split('::');
  const left = ipv6Groups(head);
  const right = tail === undefined ? [] : ipv6Groups(tail);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0);
  return { bits: 128, base: fromGroups([...left, ...zeros, ...right], 16n) };
}

function ipv6Groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function fromGroups(groups: readonly number[], width: bigint): bigint {
  return groups.reduce((sum, group) => (sum << width) | BigInt(group), 0n);
}
