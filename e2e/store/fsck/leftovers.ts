import type { StoreEntry } from '../format/source.ts';
import type { References } from './check-backups.ts';
import type { LockActivity } from './check-locks.ts';
import type { Findings } from './findings.ts';

/** What can refer to blocks. */
export type Owner = 'backup' | 'backing image';

type Leftovers = {
  owner: Owner;
  references: References;
  work: LockActivity;
  now: number;
  findings: Findings;
};

/** Reports unreferenced blocks and unfinished files. */
export const checkLeftovers = (
  {
    folder,
    blocks,
    temporary,
  }: { folder: string; blocks: ReadonlyMap<string, number>; temporary: readonly StoreEntry[] },
  { owner, references, work, now, findings }: Leftovers,
): void => {
  const orphans = [...blocks].filter(([checksum]) => !references.blocks.has(checksum));
  if (orphans.length > 0) {
    const first = orphans.reduce((least, [checksum]) => (checksum < least ? checksum : least), 'g');
    const bytes = orphans.reduce((sum, [, size]) => sum + size, 0);
    const number = orphans.length === 1 ? '1 block belongs' : `${orphans.length} blocks belong`;
    const perhaps = references.complete
      ? ''
      : `; a ${owner} whose config is in progress or cannot be read may need them`;
    const message = `${number} to no ${owner}, such as ${first}: ${bytes} bytes${perhaps}`;
    // While an operation works here, it may still need a block that would otherwise be garbage.
    const severity = !references.complete || work.any ? 'info' : undefined;
    findings.add('block-orphaned', `${folder}/blocks`, message, severity, {
      blocks: { count: orphans.length, first },
    });
  }
  for (const { path, changedAt } of temporary) {
    const age = Math.max(0, Math.round((now - changedAt) / 1000));
    const name = path.slice(folder.length + 1);
    // Writing a file takes seconds. A file older than 600 s is abandoned, even while an operation works here.
    const live = work.any && age < 600;
    findings.add(
      'temporary-file',
      path,
      `${name} is a temporary file, last written ${age} s ago`,
      live ? 'info' : undefined,
    );
  }
};
