import { setTimeout as sleep } from 'node:timers/promises';
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

type Restore = Parameters<typeof withCondition>[1];

const told = ({ conditions }: Status, condition: Omit<Restore, 'type'>): Pick<Status, 'conditions'> => ({
  conditions: withCondition(conditions, { type: 'Restore', ...condition }, timestamp()),
});

const lockWords = 'failed to acquire lock';

// As newer versions do: v1.12.1 looks for words that the store's library has not had since v1.8.0
// (longhorn/longhorn#13685).
const againAfterLock = async (
  { clock, log, mutant }: ManagerContext,
  run: () => Promise<void>,
): Promise<void> => {
  for (let pause = clock.restoreBackoffMin; ; pause = Math.min(2 * pause, clock.restoreBackoffMax)) {
    try {
      return await run();
    } catch (error) {
      const { message } = error as Error;
      if (mutant !== 'fixed:restore-given-up-over-lock' || !message.includes(lockWords)) throw error;
      log.warning('Ignored failed locked restore error from replica', { error });
      await sleep(pause);
    }
  }
};

/**
 * Takes the restore of a volume that is attached to this node a step further and gives what becomes of its
 * status: run is called once, and onEnd when it has ended. A failure is that of its replica: an event has the
 * cause, and the volume is faulted and detached for good.
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
  const { name, uid = '' } = volume.metadata;
  const status = volume.status as Status;
  const state = restores.get(uid) ?? 'running';
  if (!restores.has(uid)) {
    restores.set(uid, 'running');
    const end = (result: 'done' | Error): void => {
      restores.set(uid, result);
      onEnd();
    };
    againAfterLock(context, run).then(() => end('done'), end);
  }
  if (state instanceof Error) {
    const replica = findReplica(context, name)?.metadata.name;
    const message = `replica ${replica} failed the restore: ${state.message}`;
    context.recorder(volume, { type: 'Warning', reason: 'FailedRestore', message });
    const condition = {
      status: 'False',
      reason: 'RestoreFailure',
      message: 'All replica restore failed and the volume became Faulted',
    } as const;
    return { ...told(status, condition), state: 'detaching', robustness: 'faulted' };
  }
  if (state === 'running') return told(status, { status: 'True', reason: 'RestoreInProgress' });
  await onDone();
  return {
    ...told(status, { status: 'False' }),
    restoreRequired: false,
    frontendDisabled: volume.spec.disableFrontend ?? false,
  };
};
