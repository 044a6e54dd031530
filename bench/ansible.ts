import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture } from '../lab/exec.ts';
import type { Lab } from '../lab/lab.ts';
import type { Cluster, Host, Inventory } from '../src/domain/inventory.ts';
import { findHost, listClusters } from '../src/domain/inventory.ts';
import { LIVE_QUERY } from '../src/runbooks/facts/postgres-query.ts';
import { replicationAddress } from '../src/runbooks/names.ts';
import type { ProbeArgs } from '../src/runbooks/watch/probe.ts';
import { probeArgs, probeHost } from '../src/runbooks/watch/probe.ts';

/** One sweep as Ansible does it. */
export interface AnsibleSweep {
  readonly seconds: number;
  /** Processor time of Ansible and its ssh clients; what the hosts do is not in it. */
  readonly cpuSeconds: number;
  /** Hosts that answered. */
  readonly answered: number;
}

/** How Ansible is made to ask: the watch's own script as one task, or each fact by the module that Ansible has for it. */
export type Play = 'script' | 'modules';

/**
 * Asks both hosts of every cluster what the watch asks, by Ansible at its best (pipelining, kept connections, no fact gathering, as many
 * at once as the watch has).
 */
export async function sweepByAnsible(
  lab: Lab,
  inventory: Inventory,
  { atOnce, play }: { readonly atOnce: number; readonly play: Play },
): Promise<AnsibleSweep> {
  const dir = await mkdtemp(join(tmpdir(), 'zapas-ansible-'));
  try {
    const hosts = listClusters(inventory).flatMap((cluster) => rowsOf(lab, inventory, cluster));
    await writeFile(join(dir, 'hosts.json'), JSON.stringify({ all: { hosts: Object.fromEntries(hosts) } }));
    await writeFile(join(dir, 'play.yml'), HEAD + TASKS[play]);
    const settings = {
      ANSIBLE_FORKS: String(atOnce),
      ANSIBLE_PIPELINING: '1',
      // A slow login is waited for: a host that is given up would look like a quick one.
      ANSIBLE_TIMEOUT: '60',
      ANSIBLE_SSH_RETRIES: '3',
      ANSIBLE_HOST_KEY_CHECKING: '0',
      ANSIBLE_SSH_ARGS: '-F none -C -o ControlMaster=auto -o ControlPersist=120s -o UserKnownHostsFile=/dev/null',
      ANSIBLE_SSH_CONTROL_PATH_DIR: '/tmp/zapas-ansible-links',
      ANSIBLE_NOCOWS: '1',
      LC_ALL: 'C.UTF-8',
    };
    const begun = performance.now();
    const words = ['ansible-playbook', '-i', join(dir, 'hosts.json'), join(dir, 'play.yml')];
    const { stdout, stderr } = await capture(['bash', '-c', '"$@"; times', 'bash', ...words], {
      env: { ...plain(process.env), ...settings },
    });
    const seconds = (performance.now() - begun) / 1_000;
    const answered = stdout.match(/ ok=[1-9].* unreachable=0 .*failed=0 /g)?.length ?? 0;
    if (answered === 0) throw new Error(`Ansible: ${(stderr || stdout).slice(0, 2_000)}`);
    return { seconds, cpuSeconds: childrenTime(stdout), answered };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The last line of bash's `times`: user and system time of what it has waited for. */
function childrenTime(output: string): number {
  const last = output.trim().split('\n').at(-1) ?? '';
  return [...last.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}

const HEAD = `- hosts: all
  gather_facts: false
  become: true
  become_user: postgres
  environment: { LC_ALL: C }
  tasks:
`;

const TASKS: Readonly<Record<Play, string>> = {
  script: `
    - ansible.builtin.command:
        argv: "{{ probe }}"
        chdir: /
      changed_when: false
`,
  modules: `
    - ansible.builtin.find:
        paths: ["{{ data }}", "{{ data }}/pg_wal"]
        patterns: ['*.signal', 'backup_*', 'recovery.conf', 'zapas.*', '*.history', '0*']
        file_type: file
    - ansible.builtin.command:
        argv: ["{{ bin }}/psql", -XAtqw, -U, "{{ user }}", -d, postgres]
        stdin: "{{ query }}"
        chdir: /
      changed_when: false
    - ansible.builtin.command:
        argv: ["{{ bin }}/pg_controldata", -D, "{{ data }}"]
        chdir: /
      changed_when: false
    - ansible.builtin.setup:
        gather_subset: ['!all', '!min', mounts]
    - ansible.builtin.systemd_service:
        name: "{{ service }}"
      check_mode: true
      become_user: root
    - ansible.builtin.slurp:
        src: "{{ item }}"
      loop: "{{ certificates }}"
    - ansible.builtin.command:
        argv: ["{{ bin }}/pg_isready", -q, -t, '1', -h, "{{ peer }}"]
        chdir: /
      when: peer != ''
      changed_when: false
`,
};

function rowsOf(lab: Lab, inventory: Inventory, cluster: Cluster): readonly (readonly [string, object])[] {
  const [primary, standby] = [findHost(inventory, cluster.primary), findHost(inventory, cluster.standby)];
  if (!primary || !standby) return [];
  const peer = replicationAddress({ cluster, primary, standby }, primary.id);
  return [
    [`${cluster.id}-primary`, rowOf(lab, primary, probeArgs(cluster))],
    [`${cluster.id}-standby`, rowOf(lab, standby, probeArgs(cluster, peer))],
  ];
}

function rowOf(lab: Lab, { address, transport }: Host, args: ProbeArgs): object {
  const { binDir, dataDir, adminUser, service, certificates, peer = '' } = args;
  return {
    ansible_host: address,
    ansible_port: transport.port,
    ansible_user: transport.kind === 'ssh' ? transport.user : '',
    ansible_ssh_private_key_file: lab.privateKeyPath,
    ansible_python_interpreter: '/usr/bin/python3',
    // Braces could be taken for a template.
    probe: probeHost.read.posix(args).argv.map((word) => ({ __ansible_unsafe: word })),
    query: { __ansible_unsafe: LIVE_QUERY },
    bin: binDir,
    data: dataDir,
    user: adminUser,
    service,
    certificates,
    peer,
  };
}

function plain(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}
