import { open } from 'node:fs/promises';
import { headPath, snapshotPath } from '../../engine/replica-files.ts';
import type { Snapshot, Volume } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { isParentOfHead } from '../snapshot/removal.ts';
import { findReplica, replicaDirectory } from './replica.ts';

const page = 4096;

/** Whether some page of a head is empty that its snapshot has: each head is a copy of the snapshot before it. */
const lacksPages = async (head: string, snapshot: string): Promise<boolean> => {
  const files = await Promise.all([head, snapshot].map((path) => open(path).catch(() => undefined)));
  try {
    const [now, before] = files;
    if (now === undefined || before === undefined) return false;
    const [ours, theirs] = [Buffer.alloc(1024 * 1024), Buffer.alloc(1024 * 1024)];
    const empty = Buffer.alloc(page);
    for (;;) {
      const { bytesRead } = await now.read(ours, 0, ours.length);
      await before.read(theirs, 0, theirs.length);
      for (let at = 0; at < bytesRead; at += page) {
        const [one, other] = [ours, theirs].map((buffer) => buffer.subarray(at, at + page)) as [
          Buffer,
          Buffer,
        ];
        if (one.equals(empty) && !other.equals(empty)) return true;
      }
      if (bytesRead < ours.length) return false;
    }
  } finally {
    for (const file of files) await file?.close();
  }
};

/** Whether a volume marks its snapshots as removed where something is discarded in it. */
export const marksTrimmed = ({ mutant }: ManagerContext, { spec }: Volume): boolean =>
  spec.unmapMarkSnapChainRemoved === 'enabled'
    ? mutant !== 'trim-marks-no-snapshot'
    : mutant === 'trim-marks-all-snapshots' && spec.unmapMarkSnapChainRemoved === 'disabled';

/**
 * Marks the newest snapshot of an attached volume and those before it as removed once something was discarded in the
 * volume, up to one with several children (longhorn-engine, pkg/replica/replica.go, UnmapAt).
 */
export const markTrimmed = async (context: ManagerContext, volume: Volume): Promise<void> => {
  const { datastore } = context;
  const { name } = volume.metadata;
  const own = datastore.snapshots.list().filter(({ spec }) => spec.volume === name);
  const newest = own.find(isParentOfHead);
  const replica = findReplica(context, name);
  if (!newest || newest.status?.markRemoved || !replica || !marksTrimmed(context, volume)) return;
  const directory = replicaDirectory(replica);
  if (!(await lacksPages(headPath(directory), snapshotPath(directory, newest.metadata.name)))) return;
  const parentOf = ({ status }: Snapshot) => own.find(({ metadata }) => metadata.name === status?.parent);
  for (let each: Snapshot | undefined = newest; each?.status; each = parentOf(each)) {
    const { status } = each;
    if (Object.keys(status.children ?? {}).length > 1) return;
    await datastore.snapshots.updateStatus({
      ...each,
      status: { ...status, markRemoved: true, readyToUse: false },
    });
  }
};
