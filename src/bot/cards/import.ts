import type { Block, Card } from '../../domain/card.ts';
import type { VendorCommand } from '../../runbooks/postgres/vendor-command.ts';
import type { CardContext } from './context.ts';

/** The vendor's command as keys of a cluster in the inventory (M14). A password in it is neither kept nor shown. */
export function importCard({ t }: CardContext, found: VendorCommand): Card {
  const title = t.say('import.title');
  const notes: Block[] = [
    ...(isAbsolute(found.pgdata) ? [] : [warning(t.say('import.relative'))]),
    ...(found.replicationPassword ? [warning(t.say('import.password'))] : []),
    ...(found.unknown.length > 0 ? [warning(t.say('import.unknown', { words: found.unknown.join(', ') }))] : []),
  ];
  return {
    id: 'import',
    rev: 0,
    tone: 'info',
    title,
    blocks: [{ kind: 'log', title: t.say('import.yaml'), lines: inventoryLines(found) }, ...notes],
    buttons: [],
    fallback: title,
  };
}

/** Lines of YAML: strings of JSON are strings of YAML too. */
function inventoryLines(found: VendorCommand): readonly string[] {
  return [
    'basebackup: vendor',
    `port: ${found.port}`,
    `replicationUser: ${JSON.stringify(found.username)}`,
    `dataDir: ${JSON.stringify(found.pgdata)}`,
    'certificates:',
    `  root: ${JSON.stringify(found.rootCert)}`,
    `  clientCert: ${JSON.stringify(found.clientCert)}`,
    `  clientKey: ${JSON.stringify(found.clientKey)}`,
    ...(found.host === undefined ? [] : ['replicationAddress:', `  primary: ${JSON.stringify(found.host)}`]),
  ];
}

function isAbsolute(path: string): boolean {
  return /^(\/|[A-Za-z]:[\\/])/.test(path);
}

function warning(text: string): Block {
  return { kind: 'text', style: 'warning', text };
}
