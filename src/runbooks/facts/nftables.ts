import { contains, parseCidr } from '../postgres/cidr.ts';

/** A base chain of nftables that sees incoming packets. */
export interface InputChain {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly verdict: 'accept' | 'drop';
  /** The comment of the rule that decided; empty for the chain's policy or a rule without one. */
  readonly decidedBy: string;
}

type Json = Readonly<Record<string, unknown>>;
type Answer = { readonly verdict: 'accept' | 'drop' | 'return'; readonly comment: string };

/** A new TCP connection that wants in. */
export interface Packet {
  readonly source: string;
  readonly port: number;
}

/**
 * What each input chain does with a new TCP connection, by the output of `nft -j list ruleset`. Conditions that cannot be
 * judged (sets by name, rates, extensions of iptables) count as not met. Source: libnftables-json(5). M09.
 */
export function judgeRuleset(json: string, packet: Packet): readonly InputChain[] {
  const { nftables = [] } = JSON.parse(json) as { nftables?: readonly Json[] };
  const rules = nftables.flatMap((item) => (isObject(item['rule']) ? [item['rule']] : []));
  const chains = nftables.flatMap((item) => (isObject(item['chain']) ? [item['chain']] : []));
  return chains
    .filter((chain) => chain['hook'] === 'input' && chain['type'] === 'filter' && suits(chain['family'], packet))
    .map((chain): InputChain => {
      const { verdict, comment } = walk(rules, chain, String(chain['name']), packet);
      const policy = chain['policy'] === 'drop' ? 'drop' : 'accept';
      return {
        family: String(chain['family']),
        table: String(chain['table']),
        chain: String(chain['name']),
        verdict: verdict === 'return' ? policy : verdict,
        decidedBy: comment,
      };
    });
}

function suits(family: unknown, { source }: Packet): boolean {
  return family === 'inet' || family === (source.includes(':') ? 'ip6' : 'ip');
}

function walk(rules: readonly Json[], within: Json, name: string, packet: Packet, depth = 0): Answer {
  for (const rule of rules) {
    const here = rule['family'] === within['family'] && rule['table'] === within['table'] && rule['chain'] === name;
    const expressions = Array.isArray(rule['expr']) ? rule['expr'].filter(isObject) : [];
    if (!here || !expressions.every((expression) => met(expression, packet))) continue;
    const comment = typeof rule['comment'] === 'string' ? rule['comment'] : '';
    for (const expression of expressions) {
      const answer = verdictOf(expression, comment);
      if (answer) return answer;
      const target = targetOf(expression);
      if (target === undefined || depth > 16) continue;
      const walked = walk(rules, within, target.name, packet, depth + 1);
      if (walked.verdict !== 'return' || target.final) return walked;
    }
  }
  return { verdict: 'return', comment: '' };
}

function verdictOf(expression: Json, comment: string): Answer | undefined {
  if ('accept' in expression) return { verdict: 'accept', comment };
  if ('drop' in expression || 'reject' in expression) return { verdict: 'drop', comment };
  return 'return' in expression ? { verdict: 'return', comment } : undefined;
}

function targetOf(expression: Json): { readonly name: string; readonly final: boolean } | undefined {
  const target = expression['jump'] ?? expression['goto'];
  return isObject(target) ? { name: String(target['target']), final: 'goto' in expression } : undefined;
}

/** Does this part of a rule let the packet on to the next part? */
function met(expression: Json, packet: Packet): boolean {
  const [kind = ''] = Object.keys(expression);
  if (kind !== 'match') return !['limit', 'xt', 'vmap', 'quota', 'fib'].includes(kind);
  const match = expression['match'];
  if (!isObject(match)) return false;
  const { op, left, right } = match;
  const field = fieldOf(left);
  const equal = field === undefined ? undefined : valueMatches(field, right, packet);
  if (equal === undefined) return false;
  return op === '!=' ? !equal : equal;
}

function fieldOf(left: unknown): string | undefined {
  if (!isObject(left)) return undefined;
  const { payload, meta, ct } = left;
  if (isObject(payload)) return `${String(payload['protocol'])} ${String(payload['field'])}`;
  if (isObject(meta)) return `meta ${String(meta['key'])}`;
  return isObject(ct) ? `ct ${String(ct['key'])}` : undefined;
}

/** Undefined when it cannot be told. */
function valueMatches(field: string, right: unknown, packet: Packet): boolean | undefined {
  const family = packet.source.includes(':') ? 'ip6' : 'ip';
  switch (field) {
    case 'tcp dport':
    case 'th dport':
      return among(right, (one) => portMatches(one, packet.port));
    case 'ip saddr':
    case 'ip6 saddr':
      return field === `${family} saddr` && among(right, (one) => addressMatches(one, packet.source));
    case 'udp dport':
    case 'icmp type':
    case 'icmpv6 type':
      return false;
    case 'ip protocol':
    case 'ip6 nexthdr':
    case 'meta l4proto':
      return among(right, (one) => one === 'tcp' || one === 6);
    case 'meta nfproto':
      return right === (family === 'ip6' ? 'ipv6' : 'ipv4');
    case 'meta iif':
    case 'meta iifname':
      return among(right, (one) => one === 'lo') ? false : undefined;
    case 'ct state':
      return among(right, (one) => one === 'new');
    default:
      return undefined;
  }
}

/** `right` is one value, a list, or a set of values. A set that is only named cannot be judged. */
function among(right: unknown, matches: (one: unknown) => boolean): boolean | undefined {
  if (typeof right === 'string' && right.startsWith('@')) return undefined;
  if (Array.isArray(right)) return right.some(matches);
  if (isObject(right) && Array.isArray(right['set'])) return right['set'].some(matches);
  return matches(right);
}

function portMatches(one: unknown, port: number): boolean {
  if (isObject(one) && Array.isArray(one['range'])) {
    const [from, to] = one['range'];
    return port >= Number(from) && port <= Number(to);
  }
  return one === port;
}

function addressMatches(one: unknown, source: string): boolean {
  const packet = parseCidr(source);
  const prefix = isObject(one) && isObject(one['prefix']) ? one['prefix'] : undefined;
  const text = prefix ? `${String(prefix['addr'])}/${Number(prefix['len'])}` : String(one);
  const range = parseCidr(text);
  return packet !== undefined && range !== undefined && contains(range, packet);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
