import { z } from 'zod';
import { hostName, id } from './formats.ts';

/**
 * Run on the recipe's hosts to prove that a connection made the clients' way ends on the new primary. It prints the answer to `select
 * system_identifier, pg_is_in_recovery(), pg_walfile_name(pg_current_wal_lsn()) from pg_control_system()` as psql -XAt does; the
 * last column (the timeline) tells the new primary from an old one that is still alive.
 */
const proof = z.array(z.string().min(1)).min(1).optional();

/** How the clients' traffic is led to the new primary (M24). */
export const redirectSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('command'),
    /** Hosts of this inventory on which the command runs. */
    hosts: z.array(id).min(1),
    /** The program and its arguments; `{address}` and `{port}` stand for the new primary. */
    argv: z.array(z.string().min(1)).min(1),
    verify: proof,
  }),
  z.strictObject({
    kind: z.literal('hosts-file'),
    /** Hosts of this inventory whose /etc/hosts names the primary. */
    hosts: z.array(id).min(1),
    /** The names by which clients there reach it; they stand in a block of their own, and nowhere else in that file. */
    names: z.array(hostName).min(1),
    verify: proof,
  }),
  /** What people have to do; without it the card says so in general, in the reader's language. */
  z.strictObject({ kind: z.literal('manual'), checklist: z.array(z.string().min(1)).default([]) }),
]);

export type Redirect = z.infer<typeof redirectSchema>;
export type RedirectKind = Redirect['kind'];
/** The settings of one kind of recipe. */
export type RedirectOf<Kind extends RedirectKind> = Extract<Redirect, { readonly kind: Kind }>;

/** The hosts of the inventory that a recipe names, by id. */
export function redirectHosts(redirect: Redirect): readonly string[] {
  return redirect.kind === 'manual' ? [] : redirect.hosts;
}
