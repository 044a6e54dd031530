import type { Diagnosis } from '../cli/services.ts';
import { text } from '../domain/command.ts';
import { OpsError } from '../domain/errors.ts';
import type { Inventory } from '../domain/inventory.ts';
import { findHost, listClusters } from '../domain/inventory.ts';
import type { Hosts } from '../domain/ports.ts';
import type { Need } from '../runbooks/steps/failover/redirect/recipe.ts';
import { redirectNeeds } from '../runbooks/steps/failover/redirect/recipes.ts';
import { examine } from './doctor.ts';

const PATIENCE_MS = 20_000;

/** $@ pairs of a test of test(1), or `program`, and what it is for; prints those that fail. */
const LOOK = `
while [ $# -gt 1 ]; do
  if [ "$1" = program ]; then command -v "$2" >/dev/null || echo "program $2"
  else [ "$1" "$2" ] || echo "$1 $2"; fi
  shift 2
done`;

/** Looks for what each redirect recipe needs on its hosts: programs, files it reads, sockets of programs that run. Changes nothing. */
export async function examineRedirects(inventory: Inventory, hosts: Hosts): Promise<readonly Diagnosis[]> {
  const needs = listClusters(inventory).flatMap(({ id, redirect }) =>
    redirectNeeds(redirect).map((need) => ({ cluster: id, need })),
  );
  return await Promise.all(
    needs.map(({ cluster, need }) =>
      examine('redirect', `${cluster} ${need.host}`, () => lookFor(inventory, hosts, need)),
    ),
  );
}

async function lookFor(inventory: Inventory, hosts: Hosts, { host, programs, files, sockets }: Need): Promise<void> {
  const found = findHost(inventory, host);
  if (!found) return;
  const wanted = [
    ...programs.flatMap((program) => ['program', program]),
    ...files.flatMap((file) => ['-r', file]),
    ...sockets.flatMap((socket) => ['-S', socket]),
  ];
  const command = { argv: ['/bin/sh', '-c', LOOK.trim(), 'sh', ...wanted], timeoutMs: 10_000 } as const;
  const { stdout } = await hosts.gateway(found).ask(command, AbortSignal.timeout(PATIENCE_MS));
  const missing = text(stdout).split('\n').filter(Boolean);
  const absent = missing.flatMap((line) => (line.startsWith('program ') ? [line.slice('program '.length)] : []));
  if (absent.length > 0) throw new OpsError('host.tool-missing', { host, detail: absent.join(', ') });
  const [first] = missing;
  if (first) throw new OpsError('redirect.unusable', { host, what: first.slice(3) });
}
