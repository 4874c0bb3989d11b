import { decodeBackupURL } from '../../backupstore/url.ts';
import { withCondition } from '../../kubernetes/objects.ts';
import type { Volume } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { findReplica } from './replica.ts';
import { requestAttachment, withdrawAttachment } from './tickets.ts';

type Status = NonNullable<Volume['status']>;

/** How the restores that this process has begun stand, by the volume's UID; a new process begins anew. */
export type Restores = Map<string, 'running' | 'done' | Error>;

const type = 'volume-restore-controller';

/**
 * What a volume's status says of its restore before anything has happened; nothing for one that is not made
 * from a backup.
 */
export const restoreRequest = ({ spec, status }: Volume): Partial<Status> =>
  spec.fromBackup && !status?.restoreInitiated
    ? { restoreRequired: true, restoreInitiated: true, frontendDisabled: true }
    : {};

/** Asks for a volume to be attached, for as long as it takes to restore it. */
export const requestRestore = async (
  context: ManagerContext,
  { metadata: { name }, spec }: Volume,
): Promise<void> => {
  // Where the volume of the backup is, if there still is one: who attaches both to one node must find the
  // only replica there.
  const source = decodeBackupURL(spec.fromBackup ?? '').volume;
  await requestAttachment(context, name, type, name, findReplica(context, source)?.spec.nodeID);
};

/**
 * Takes that back when its status says that a volume is restored, and not before: the detachment changes the
 * volume, and a status that is written beside it is lost.
 */
export const withdrawRestore = async (
  context: ManagerContext,
  { metadata: { name }, spec }: Volume,
): Promise<void> => {
  if (spec.fromBackup) await withdrawAttachment(context, name, type, name);
};

const condition = ({ conditions }: Status, restore: 'running' | 'done' | Error) => {
  if (restore === 'running')
    return withCondition(
      conditions,
      { type: 'Restore', status: 'True', reason: 'RestoreInProgress' },
      timestamp(),
    );
  const failure = restore === 'done' ? {} : { reason: 'RestoreFailure', message: restore.message };
  return withCondition(conditions, { type: 'Restore', status: 'False', ...failure }, timestamp());
};

/**
 * Takes the restore of a volume that is attached to this node a step further and gives what becomes of its
 * status: run is called once, and onEnd when it has ended. A failure stands in the condition Restore and is
 * not tried again by this process.
 */
export const stepRestore = async (
  context: ManagerContext,
  volume: Volume,
  {
    restores,
    run,
    onEnd,
    onDone,
  }: { restores: Restores; run: () => Promise<void>; onEnd: () => void; onDone: () => Promise<void> },
): Promise<Partial<Status>> => {
  const { uid = '' } = volume.metadata;
  const status = volume.status as Status;
  const state = restores.get(uid) ?? 'running';
  if (!restores.has(uid)) {
    restores.set(uid, 'running');
    const end = (result: 'done' | Error): void => {
      restores.set(uid, result);
      onEnd();
    };
    run().then(() => end('done'), end);
  }
  const conditions = condition(status, state);
  if (state instanceof Error) {
    context.recorder(volume, { type: 'Warning', reason: 'RestoreFailure', message: state.message });
    return { conditions, robustness: 'faulted' };
  }
  if (state === 'running') return { conditions };
  await onDone();
  return { conditions, restoreRequired: false, frontendDisabled: volume.spec.disableFrontend ?? false };
};
