import { waitUntil } from '../../../history/expectation.ts';
import { backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import { knownIdsOf } from '../../../longhorn/messages/classify.ts';
import { saidByBackup } from '../../../longhorn/messages/said-by.ts';
import type { Backup, VolumeAttachment } from '../../../longhorn/types.ts';
import { mustBeKept } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import { isBackupOf } from '../created-objects.ts';
import type { BackupHandle, VolumeHandle } from '../handles.ts';
import { InconclusiveError, throwIfAny } from '../judging.ts';
import { step } from '../step.ts';
import { disturbances } from './disturbances.ts';
import { type DisturbedWrite, type Followed, type FollowedWrites, followOperation } from './follow.ts';

const backupTickets = ({ spec }: VolumeAttachment): string[] =>
  Object.values(spec.attachmentTickets ?? {}).flatMap((ticket) =>
    ticket?.type === 'backup-controller' ? [ticket.id] : [],
  );

/** The steps that follow the writes of longhorn-managers, disturb one, and judge the result. */
export const writeSteps = {
  /** Follows all writes of an operation from now on. */
  'given.writesFollowed': step({
    sentence: 'Given that what longhorn-managers write to {things} is followed',
    parameters: ({ backups }) => ({
      things: ['the volume', ...backups.map(({ label }) => label)].join(', '),
    }),
    action: (context: Context, followed: Followed) => followOperation(context, followed, undefined),
  }),
  /** The same, and disturbs one of the writes. */
  'given.writeDisturbed': step({
    sentence: 'Given that one write is disturbed: {write}: {disturbance}',
    parameters: (_, { write, disturbance }) => ({ write, disturbance: disturbances[disturbance] }),
    action: (context: Context, followed: Followed, cell: DisturbedWrite) => {
      // The manager that started the deletion may be killed or miss its answer. Its successor then has no record of
      // the deletion.
      for (const { name } of followed.backups) context.expected.push({ id: 'deletion-forgotten', of: name });
      return followOperation(context, followed, cell);
    },
  }),
  /** If the write did not come in this run, nothing is proven. */
  'then.disturbed': step({
    sentence: 'Then the write was disturbed',
    action: async (_: Context, { disturbed, writes }: FollowedWrites) => {
      const write = disturbed();
      if (write === undefined)
        throw new InconclusiveError(`the write did not come; these did: ${writes.join('; ') || 'none'}`);
      return write;
    },
    detail: (write) => write,
  }),
  /**
   * The backup is Completed. If it `mayFail`, it may also be in Error with a known message, because it may depend on
   * a manager that was killed. Returns whether it is Completed.
   */
  'then.ends': step({
    sentence: 'Then {backup} comes to an end',
    action: async (
      context: Context,
      backup: Pick<BackupHandle, 'name' | 'label'>,
      { mayFail }: { mayFail: boolean },
    ): Promise<boolean> => {
      const { timelines, timeouts, version, expected } = context;
      const { name, label } = backup;
      if (timelines.backups.current(name) === undefined) await mustBeKept(context, backup);
      const ended = await waitUntil(
        timelines.backups,
        (found) => backupState(found) === 'Completed' || (mayFail && backupState(found) === 'Error'),
        {
          name,
          label: `${label} is Completed${mayFail ? ' or in Error' : ''}`,
          describe: describeBackup,
          fatal: [
            {
              timeline: timelines.backups,
              name,
              describe: describeBackup,
              because: (found: Backup) => {
                if (found.metadata.deletionTimestamp !== undefined) return `${label} is being deleted`;
                return !mayFail && backupState(found) === 'Error' ? `${label} is in Error` : undefined;
              },
            },
          ],
          ...timeouts.secondCompleted,
        },
      );
      for (const id of knownIdsOf(saidByBackup(ended), version)) expected.push({ id, of: name, lasts: true });
      return backupState(ended) === 'Completed';
    },
    detail: (completed) => (completed ? 'Completed' : 'Error, whose text is known'),
  }),
  /**
   * If Longhorn does not know the volume in the store, it deletes a backup without its files, and finds it again at
   * the next sync.
   */
  'then.volumeKnown': step({
    sentence: 'Then Longhorn knows the volume in the store',
    action: async ({ timelines, timeouts }: Context, { name: volume, target }: VolumeHandle) =>
      void (await waitUntil(timelines.backupVolumes, isBackupOf({ name: volume, target }), {
        label: `Longhorn knows volume ${volume} in the store`,
        ...timeouts.backupVolumeKnown,
      })),
  }),
  /** Otherwise the ticket of a backup would keep the volume attached. */
  'then.noTicketLeft': step({
    sentence: 'Then no attachment ticket of a backup is left on the volume',
    action: async ({ timelines, timeouts }: Context, { name }: VolumeHandle) =>
      void (await waitUntil(timelines.attachments, (each) => backupTickets(each).length === 0, {
        name,
        label: `no ticket of a backup is left on ${name}`,
        describe: (each) => `tickets of backups: ${backupTickets(each).join(', ') || 'none'}`,
        ...timeouts.secondCompleted,
      })),
  }),
  /** Every Backup object is in a final state and has files, and all files belong to a Backup object. */
  'then.knownAsStored': step({
    sentence: 'Then Longhorn has the backups that the store has, and each has come to an end',
    action: async ({ timelines }: Context, { name: volume, target }: VolumeHandle) => {
      const stored = await target.store.backups(volume);
      const known = timelines.backups.objects().filter(isBackupOf({ name: volume, target }));
      const problems = known.flatMap((backup) => {
        const [name, state] = [backup.metadata.name, backupState(backup)];
        if (state === 'Completed' && !stored.includes(name)) return [`the store has nothing of ${name}`];
        return ['Completed', 'Error'].includes(state) ? [] : [`${name} is ${state}`];
      });
      const names = known.map(({ metadata }) => metadata.name);
      const strange = stored.filter((name) => !names.includes(name));
      throwIfAny(
        [...problems, ...strange.map((name) => `Longhorn does not know ${name}, which the store has`)],
        `Longhorn and the store differ in the backups of volume ${volume}`,
      );
      return names;
    },
    detail: (names) => names.join(', ') || 'none',
  }),
};
