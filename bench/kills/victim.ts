import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Which process of a run is killed. */
export const victims = ['e2e', 'supervisor', 'node', 'etcd'] as const;
export type Victim = (typeof victims)[number];

const marks: Record<Victim, (words: readonly string[]) => boolean> = {
  e2e: (words) => words[1]?.endsWith('scripts/corral.ts') === true && words[2] === 'e2e',
  supervisor: (words) => words.slice(0, 2).some((word) => word.endsWith('/supervisor.ts')),
  node: (words) => words[0]?.endsWith('/memory/linux') === true,
  etcd: (words) =>
    words[0]?.endsWith('ld-linux-x86-64.so.2') === true && words.some((word) => word.endsWith('/bin/etcd')),
};

const find = (victim: Victim, before: ReadonlySet<string>): number | undefined => {
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && !before.has(entry))) {
    try {
      if (marks[victim](readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'))) return Number(pid);
    } catch {
      // It has ended since.
    }
  }
  return undefined;
};

/** The processes that there are. */
export const pids = (): Set<string> => new Set(readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)));

/**
 * Kills the victim that came after `before`, as soon as there is one; says whether it did before `signal`
 * aborted.
 */
export const killVictim = async (
  victim: Victim,
  before: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<boolean> => {
  while (!signal.aborted) {
    const pid = find(victim, before);
    if (pid !== undefined) {
      process.kill(pid, 'SIGKILL');
      return true;
    }
    await delay(20);
  }
  return false;
};
