import { randomBytes } from 'node:crypto';
import type { Fault } from '../../../faults/fault.ts';
import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import { type LockFile, lockCommand } from './remove-lock.ts';

/** What a lock is for, and the number that stands for it in its file (backupstore, lock.go): locks of one type never conflict. */
export const lockTypes = { 'a backup': 1, 'a deletion': 2 } as const;

type Lock = {
  pod: PodTarget;
  /** The volume's folder, as the pod sees it. */
  folder: string;
  of: keyof typeof lockTypes;
  /** Seconds for which a lock counts after it was last written. */
  life: number;
  /** Seconds for which this one is to count, as if its holder wrote it anew, until it is abandoned. */
  counts: number;
};

/** The fault, and the means to look at its lock. */
export type ForeignLock = Fault & {
  name: string;
  /** As if its holder had written it for the last time now: it counts for its life. */
  abandon(): Promise<void>;
  /** Waits until it counts no more, by the server's clock, and returns how long ago it was written, in seconds; throws when it is not there any more. */
  outlived(): Promise<number>;
};

// Longhorn compares the server's time of the file with the clock of its own node: the two may be a moment apart.
const apart = 2;

/**
 * The fault of a lock on a volume of an NFS server that none of Longhorn's processes holds, as one that was killed leaves it, or one of another
 * cluster holds it. It needs nobody to keep it up, nor to end it: it counts for as long as its file's time says, which lies ahead.
 */
export const foreignLock = (cluster: Cluster, { pod, folder, of, life, counts }: Lock): ForeignLock => {
  const { namespace, name: podName, container = '' } = pod;
  const name = `lock-${randomBytes(8).toString('hex')}`;
  const path = `${folder}/locks/${name}.lck`;
  const title = `the volume has a foreign lock of ${of}`;
  const run = async (...command: Parameters<typeof lockCommand>): Promise<string> => {
    const { stdout, stderr, exitCode } = await cluster.exec(pod, lockCommand(...command));
    if (exitCode !== 0)
      throw new Error(`${title}: ${command[0]} failed in ${podName} with exit code ${exitCode}: ${`${stdout}${stderr}`.trim()}`);
    return stdout.trim();
  };
  const ageOf = (told: string): number => Number(told.slice(0, told.indexOf(' ')));
  return {
    kind: 'foreign-lock',
    title,
    data: { pod: { namespace, name: podName, container }, path } satisfies LockFile,
    name,
    inject: async () => {
      await run('write', path, JSON.stringify({ Name: name, Type: lockTypes[of], Acquired: true }), counts - life);
    },
    prove: async () => {
      const told = await run('look', path);
      const age = ageOf(told);
      if (age > life) throw new Error(`${title}, but it counts no more: ${name} was written ${age} s ago, and a lock counts for ${life} s`);
      const written = age < 0 ? `dated ${-age} s ahead` : `written ${age} s ago`;
      return `${told.slice(told.indexOf(' ') + 1)}, ${written} by the server's clock: it counts for another ${life - age} s`;
    },
    abandon: async () => {
      await run('abandon', path);
    },
    outlived: async () => ageOf(await run('outlive', path, life + apart, life + 60)),
  };
};
