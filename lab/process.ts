import { readFileSync } from 'node:fs';

/**
 * When a process started, in the kernel's ticks since boot; empty when there is none of this id or it is a zombie. Together with the id it
 * names one process for good: a recycled id has another start.
 */
export function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the command in brackets, may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

/** The command name of a process (at most 15 characters); empty when there is none of this id. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
