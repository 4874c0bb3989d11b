import { timeoutOf, waitUntil } from '../../../history/expectation.ts';
import { pluralize } from '../../../kube/text.ts';
import { describeBackup } from '../../../longhorn/backup-state.ts';
import { managersLogged } from '../../../longhorn/manager.ts';
import {
  backupTargetLabel,
  longhornResources,
  longhornNamespace as namespace,
} from '../../../longhorn/resources.ts';
import type { Backup } from '../../../longhorn/types.ts';
import { readBackup, untilKnown } from '../backup/backup.ts';
import { backupHistory, backupIs } from '../backup/expectations.ts';
import { sinceDeleted } from '../backup/judge.ts';
import type { Context } from '../context.ts';
import { isBackupOf } from '../created-objects.ts';
import { isBeingDeleted } from '../deletion/expectations.ts';
import type { BackupHandle, TargetHandle } from '../handles.ts';
import { PromiseBroken, stays } from '../judging.ts';
import { inGibibytes, inMebibytes } from '../sizes.ts';
import { step } from '../step.ts';
import { judgeWithin } from '../timeouts.ts';
import {
  beginForeignUpload,
  decryptForeign,
  type ForeignBackup,
  type ForeignBackupOptions,
  type ForeignUpload,
  makeForeignBackup,
  makeForeignBackups,
  makeLargeForeignBackup,
} from '../volume/foreign.ts';

const setTargetLabel = async (
  { cluster }: Context,
  { name }: BackupHandle,
  target: string | null,
): Promise<void> => {
  const labels = { [backupTargetLabel]: target };
  await cluster.patch(longhornResources.backups, { namespace, name }, { metadata: { labels } });
};

const describeSize = (bytes: number | undefined): string =>
  bytes === undefined ? 'an unknown size' : inMebibytes(bytes);

/** The steps on backups that another Longhorn makes in the store. */
export const foreignSteps = {
  /** Longhorn does not know this backup. `after`: another of the same volume, whose blocks it overwrites. */
  'given.foreignBackup': step({
    sentence: 'Given a backup of {size}, which another Longhorn{old} has made there{mode}{flaw}{after}{job}',
    parameters: (_, { size, by, accessMode, stated, unlabelled, encrypted, after, job }) => ({
      size: inMebibytes(size),
      old: by ? `, a ${by},` : '',
      mode: `${accessMode ? ` of a volume with the access mode ${accessMode}` : ''}${encrypted ? ' of an encrypted volume' : ''}`,
      flaw: `${stated ? `, and which states blocks of ${stated} bytes` : ''}${unlabelled ? ', without labels' : ''}`,
      after: after ? `, of the same volume as ${after.backup.label}` : '',
      job: job ? `, of a volume with a recurring job that keeps ${job.retain} backups` : '',
    }),
    action: (context: Context, target: TargetHandle, how: ForeignBackupOptions) =>
      makeForeignBackup(context, { ...how, target }),
    detail: ({ backup }) => backup.name,
  }),
  /** All have the same data, which it returns with them. */
  'given.foreignBackups': step({
    sentence: 'Given {count} backups of one volume of {size}, which another Longhorn has made there',
    parameters: (_, { count, size }) => ({ count, size: inMebibytes(size) }),
    action: (context: Context, target: TargetHandle, how: { size: number; count: number }) =>
      makeForeignBackups(context, { ...how, target }),
    detail: ({ backups }) => backups[0]?.volume.name ?? '',
  }),
  /** Sizes in bytes. All of its data are the same block, so that it takes little space. */
  'given.largeForeignBackup': step({
    sentence:
      'Given a backup of {filled} of data of a volume of {size}, which another Longhorn has made there',
    parameters: (_, { size, filled }) => ({ size: inGibibytes(size), filled: inGibibytes(filled) }),
    action: (context: Context, target: TargetHandle, how: { size: number; filled: number }) =>
      makeLargeForeignBackup(context, { ...how, target }),
    detail: ({ name }) => name,
  }),
  /** All of one volume, which Longhorn had not listed before. The first sync that goes through must find them all. */
  'then.allListed': step({
    sentence: 'Then Longhorn has listed the volume, and knows its {count}, with the size of the volume',
    parameters: (backups) => ({ count: pluralize(backups.length, 'backup') }),
    action: async (context: Context, backups: readonly [BackupHandle, ...BackupHandle[]]) => {
      const { cluster, timelines, timeouts } = context;
      const [{ volume }] = backups;
      const isOf = isBackupOf(volume);
      await waitUntil(timelines.backupVolumes, (each) => isOf(each) && Boolean(each.status?.lastSyncedAt), {
        label: `Longhorn has listed the backups of ${volume.name}`,
        ...timeouts.manyListed,
      });
      const listed = await cluster.list<Backup>(longhornResources.backups, { namespace });
      const names = new Set(listed.items.filter(isOf).map(({ metadata }) => metadata.name));
      const known = backups.filter(({ name }) => names.has(name));
      if (known.length < backups.length)
        throw new Error(
          `Longhorn has listed ${volume.name}, and knows ${known.length} of its ${backups.length} backups`,
        );
      for (const backup of backups) {
        const { status } = await untilKnown(context, backup);
        if (status?.volumeSize !== String(volume.size))
          throw new Error(`Longhorn says ${status?.volumeSize} bytes of a volume of ${volume.size}`);
      }
    },
  }),
  'when.foreignDecrypted': step({
    sentence: 'When the store no longer says that the volume of {backup} is encrypted',
    parameters: ({ backup }) => ({ backup }),
    action: (_: Context, made: ForeignBackup) => decryptForeign(made),
  }),
  /** The first backup of a volume that Longhorn does not know. */
  'given.foreignUpload': step({
    sentence: 'Given that another Longhorn is uploading a backup of {size} there',
    parameters: (_, { size }) => ({ size: inMebibytes(size) }),
    action: (context: Context, target: TargetHandle, { size }: { size: number }) =>
      beginForeignUpload(context, { target, size }),
    detail: ({ backup }) => backup.name,
  }),
  /** Returns the data of the backup. */
  'when.foreignUploadEnds': step({
    sentence: 'When the other Longhorn has uploaded its backup',
    action: (_: Context, { finish }: ForeignUpload) => finish(),
  }),
  'then.foundUnfinished': step({
    sentence: 'Then Longhorn has found {backup}, and does not call it Completed',
    action: async ({ timelines, timeouts }: Context, { name, label }: BackupHandle) => {
      // Its state follows at the first look at its config.
      await waitUntil(timelines.backups, ({ status }) => Boolean(status?.ownerID), {
        name,
        label: `Longhorn has found ${label}`,
        describe: describeBackup,
        ...timeouts.writtenBackupKnown,
      });
      const isCompleted = backupHistory(timelines.backups, { name, label, from: 0 }).goes(
        backupIs('Completed'),
      );
      await stays(isCompleted, timeouts.foundUnfinished.within);
    },
  }),
  'when.targetLabelLost': step({
    sentence: 'When {backup} loses the label with the name of its backup target',
    action: (context: Context, backup: BackupHandle) => setTargetLabel(context, backup, null),
  }),
  'when.targetLabelSet': step({
    sentence: 'When {backup} gets the label with the name of its backup target again',
    action: (context: Context, backup: BackupHandle) =>
      setTargetLabel(context, backup, backup.volume.target.name),
  }),
  'then.deletingUnlabelled': step({
    sentence: 'Then {backup} is Deleting, though its label is lost',
    action: async (context: Context, backup: BackupHandle) => {
      const { cluster, timelines, timeouts } = context;
      const { name, label } = backup;
      const isDeleting = isBeingDeleted(timelines.backups, { ...backup, from: sinceDeleted(backup) });
      const cause = await timeoutOf(judgeWithin(isDeleting, timeouts.deleting));
      if (cause === undefined) return;
      if (!(await managersLogged(cluster, `failed to get the snapshot  of the backup ${name}:`))) throw cause;
      throw new PromiseBroken(
        `${label} (${name}) is not deleted: Longhorn looks for the target of its snapshot, and it has none`,
        { kind: 'Backup', name, state: 'without a backup target' },
        { cause },
      );
    },
  }),
  /** By the spec of the Backup. `size` is in bytes; undefined: Longhorn must say that it does not know. */
  'then.blocksReported': step({
    sentence: 'Then Longhorn says that the blocks of {backup} are of {size}',
    parameters: (backup, size) => ({ backup, size: describeSize(size) }),
    action: async (context: Context, backup: BackupHandle, size: number | undefined) => {
      const { name, label } = backup;
      const reported = (await readBackup(context, backup))?.spec.backupBlockSize;
      const wanted = String(size ?? -1);
      if (reported === wanted) return;
      const wrong = `Longhorn says ${reported ?? 'nothing'} of the block size of ${label} (${name}), not ${wanted}`;
      if (reported !== '-1') throw new Error(wrong);
      throw new PromiseBroken(wrong, { kind: 'Backup', name, state: 'with an unknown block size' });
    },
  }),
};
