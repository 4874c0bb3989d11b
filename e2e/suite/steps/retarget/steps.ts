import { gone, hasTimedOut, timeoutOf, waitUntil, waitUntilGone } from '../../../history/expectation.ts';
import { type KubernetesObject, resources } from '../../../kube/cluster.ts';
import { tryChange, tryCreation, tryDeletion } from '../../../kube/dry-run.ts';
import { backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import type { Event } from '../../../longhorn/job-types.ts';
import {
  longhornApiVersion,
  longhornResources,
  longhornNamespace as namespace,
  readNow,
} from '../../../longhorn/resources.ts';
import type { Backup, BackupTarget } from '../../../longhorn/types.ts';
import type { RunningStore } from '../../../store/driver.ts';
import { mustBeRefused } from '../admission/steps.ts';
import { readBackup } from '../backup/backup.ts';
import { backupHistory, backupIs } from '../backup/expectations.ts';
import { sinceDeleted } from '../backup/judge.ts';
import type { Context } from '../context.ts';
import { runLabel, runLabelName } from '../created-objects.ts';
import type { BackupHandle, TargetHandle, VolumeHandle } from '../handles.ts';
import { InconclusiveError, PromiseBroken } from '../judging.ts';
import { step } from '../step.ts';
import { changeTarget, type StoreSync, setPollInterval } from '../store/steps.ts';
import { describeTarget, makeTarget, removeTarget } from '../target/target.ts';
import { judgeWithin, storeIdleLimits } from '../timeouts.ts';
import { describeVolume } from '../volume/volume.ts';

/** URLs without a store, each made by a change of one part of the target's URL. */
export const urlsWithoutStore = {
  'a server that is not there': (url: string) => url.replace('://', '://nowhere-'),
  'a folder that is not there': (url: string) => `${url}-nowhere`,
  'its bucket alone, without a path': (url: string) => url.replace(/^(s3:\/\/[^/]+)\/.*$/, '$1'),
} as const;

const emptyTarget = (context: Context, target: TargetHandle): Promise<StoreSync> => {
  context.expected.push({ id: 'target-without-url', of: target.name });
  return changeTarget(context, target, { backupTargetURL: '' });
};

const setTarget = (context: Context, target: TargetHandle): Promise<StoreSync> => {
  const { url, credentialSecret } = target.store;
  return changeTarget(context, target, { backupTargetURL: url, credentialSecret });
};

const depsOf = ({ cluster, timelines, timeouts }: Context) => ({
  cluster,
  watched: () => timelines.backupTargets,
  timeouts,
});

/**
 * The steps that change, remove and restore the URL of a backup target or the target itself, and that change a
 * volume's target.
 */
export const retargetSteps = {
  /** Longhorn then unmounts all stores. */
  'when.targetEmptied': step({
    sentence: 'When the URL of the backup target is emptied',
    action: emptyTarget,
  }),
  'when.targetSet': step({
    sentence: 'When the URL of the backup target is set as it was',
    action: setTarget,
  }),
  /** Without pauses between the requests. The URL is set at the end. */
  'when.targetFlipped': step({
    sentence: 'When the URL of the backup target is emptied and set, {times} times in quick succession',
    parameters: (_, { times }) => ({ times }),
    action: async (context: Context, target: TargetHandle, { times }: { times: number }) => {
      for (let time = 0; time < times; time += 1) {
        await emptyTarget(context, target);
        await setTarget(context, target);
      }
    },
  }),
  'when.targetMisled': step({
    sentence: 'When the URL of the backup target is changed to {place}',
    parameters: (_, place) => ({ place }),
    action: async (context: Context, target: TargetHandle, place: keyof typeof urlsWithoutStore) => {
      for (const id of ['target-not-mounted', 'target-not-listed'] as const)
        context.expected.push({ id, of: target.name });
      return changeTarget(context, target, { backupTargetURL: urlsWithoutStore[place](target.store.url) });
    },
  }),
  /** Also removes what Longhorn knows of the store. The store itself stays. */
  'when.targetRemoved': step({
    sentence: 'When the backup target is deleted',
    action: async (context: Context, target: TargetHandle): Promise<StoreSync> => {
      const from = context.timelines.backups.lastSequence();
      await removeTarget({ ...depsOf(context), ...context.turn }, target.name);
      return { target, from, before: undefined };
    },
  }),
  /** Of the volume or the backup target, by now. The target is gone, and a run of a recurring job has failed by that. */
  'then.lossOfTargetSaid': step({
    sentence: 'Then an event says that the backup target of the volume is deleted',
    action: async ({ cluster }: Context, { name, target }: VolumeHandle) => {
      const { items } = await cluster.list<Event>(resources.events, { namespace });
      const isAbout = ({ type, involvedObject, message }: Event): boolean =>
        type === 'Warning' &&
        [name, target.name].includes(involvedObject.name ?? '') &&
        message?.includes(target.name) === true;
      if (items.some(isAbout)) return;
      throw new PromiseBroken(
        `volume ${name} still has backup target ${target.name}, which is deleted, and no event says so`,
        { kind: 'Volume', name, state: 'without a warning' },
      );
    },
  }),
  'when.targetMadeAgain': step({
    sentence: 'When the backup target is made again',
    action: (context: Context, { name, store }: TargetHandle) =>
      makeTarget(depsOf(context), { name, store, run: context.run }),
  }),
  /** Applies to the volume's next backups. Earlier backups stay where they are. */
  'when.volumeRetargeted': step({
    sentence: 'When the backup target of the volume is changed',
    action: async (
      { cluster }: Context,
      volume: VolumeHandle,
      target: TargetHandle,
    ): Promise<VolumeHandle> => {
      await cluster.patch(
        longhornResources.volumes,
        { namespace, name: volume.name },
        { spec: { backupTargetName: target.name } },
      );
      return { ...volume, target };
    },
    detail: ({ target }) => target.name,
  }),
  /** Returns the URL of the target; empty if it has none. */
  'given.defaultTarget': step({
    sentence: 'Given the backup target default, which each Longhorn has',
    action: async ({ cluster, timelines: { backupTargets }, timeouts }: Context): Promise<string> => {
      await waitUntil(backupTargets, () => true, {
        name: 'default',
        label: 'Longhorn has a backup target default',
        ...timeouts.targetMade,
      });
      // Another scenario may have given its URL back just before: the watch may be behind.
      const found = await readNow<BackupTarget>(cluster, longhornResources.backupTargets, 'default');
      return found?.spec.backupTargetURL ?? '';
    },
    detail: (url) => (url === '' ? 'without a URL' : url),
  }),
  /** The target default has no URL, and Longhorn has no other target that was not made by a run. */
  'then.defaultTargetUnset': step({
    sentence:
      'Then Longhorn has one backup target of its own, default: its poll interval is 5 min, and it is not available, as its URL is empty',
    action: async ({ timelines: { backupTargets }, timeouts }: Context) => {
      const isOfARun = ({ metadata }: BackupTarget): boolean => runLabelName in (metadata.labels ?? {});
      const isUnset = ({ spec, status }: BackupTarget): boolean =>
        !spec.backupTargetURL &&
        status?.available === false &&
        (status.conditions ?? []).some(
          ({ type, status, message }) =>
            type === 'Unavailable' && status === 'True' && message === 'backup target URL is empty',
        );
      // A newly installed Longhorn may not have checked the target yet.
      const found = await waitUntil(backupTargets, isUnset, {
        name: 'default',
        label: 'Longhorn has a backup target default, not available as its URL is empty',
        describe: describeTarget,
        ...timeouts.targetMade,
      });
      const own = backupTargets.objects().filter((target) => !isOfARun(target));
      if (own.length !== 1)
        throw new Error(
          `Longhorn has ${own.map(({ metadata }) => metadata.name).join(', ')}, not default alone`,
        );
      const { pollInterval } = found.spec;
      if (pollInterval !== '5m0s') throw new Error(`its poll interval is ${pollInterval}, not 5m0s`);
      return found;
    },
    detail: (target) => describeTarget(target),
  }),
  /** The interval must be 0 before. One that is accepted is 0 again afterwards. */
  'then.negativePollRefused': step({
    sentence: 'Then a poll interval of -5 min is rejected',
    action: async (context: Context, target: TargetHandle) => {
      const { cluster, timelines, timeouts } = context;
      const { backupTargets } = timelines;
      const { name } = target;
      const negative = '-5m0s';
      const answer = await tryChange(cluster, [longhornResources.backupTargets, { namespace, name }], {
        spec: { pollInterval: negative },
      });
      if ('refused' in answer) return mustBeRefused(answer);
      const before = backupTargets.current(name)?.status?.lastSyncedAt;
      const syncs = new Set<string>();
      const isSyncedAgain = ({ status }: BackupTarget): boolean => {
        if (status?.lastSyncedAt && status.lastSyncedAt !== before) syncs.add(status.lastSyncedAt);
        return syncs.size === 3;
      };
      try {
        await setPollInterval(context, target, negative);
        await waitUntil(backupTargets, isSyncedAgain, {
          name,
          label: `Longhorn has synced ${name} three times`,
          describe: describeTarget,
          ...timeouts.syncedAnew,
        });
      } catch (cause) {
        if (!hasTimedOut(cause)) throw cause;
        throw new Error(`a poll interval of ${negative} is accepted, and ${syncs.size} syncs were seen`, {
          cause,
        });
      } finally {
        await setPollInterval(context, target, '0s');
      }
      throw new PromiseBroken(
        `a poll interval of ${negative} is accepted, and ${name} was synced three times: ${[...syncs].join(', ')}`,
        { kind: 'BackupTarget', name, state: 'synced without a pause' },
      );
    },
  }),
  /** As a dry run. */
  'then.defaultTargetStays': step({
    sentence: 'Then the deletion of the backup target default is rejected',
    action: async ({ cluster }: Context) => {
      const object = { namespace, name: 'default' };
      mustBeRefused(await tryDeletion(cluster, longhornResources.backupTargets, object));
    },
  }),
  /** As a dry run. */
  'then.sameStoreRefused': step({
    sentence: 'Then a second backup target on the store of the first is rejected',
    action: async (context: Context, { store }: TargetHandle) => {
      const { cluster, run, uniqueName } = context;
      const answer = await tryCreation(cluster, longhornResources.backupTargets, {
        apiVersion: longhornApiVersion,
        kind: 'BackupTarget',
        metadata: { name: uniqueName('target'), namespace, labels: runLabel(run) },
        spec: { backupTargetURL: store.url, credentialSecret: store.credentialSecret, pollInterval: '5m0s' },
      } as KubernetesObject);
      mustBeRefused(answer);
    },
  }),
  'then.noLastBackup': step({
    sentence: 'Then the volume has no last backup',
    action: ({ timelines, timeouts }: Context, { name }: VolumeHandle) =>
      waitUntil(timelines.volumes, ({ status }) => !status?.lastBackup && !status?.lastBackupAt, {
        name,
        label: `volume ${name} has no last backup`,
        describe: (volume) => `${describeVolume(volume)}, last backup ${volume.status?.lastBackup || 'none'}`,
        ...timeouts.lastBackupReported,
      }),
  }),
  /** What happened meanwhile may have waited for other scenarios. A target that goes may take its backups along. */
  'then.stillUploading': step({
    sentence: 'Then {backup} is still InProgress, if it is there',
    action: async (context: Context, backup: BackupHandle) => {
      const found = await readBackup(context, backup);
      const state = found && backupState(found);
      if (state !== undefined && state !== 'InProgress')
        throw new InconclusiveError(`${backup.label} is ${state}, not InProgress any more`);
    },
  }),
  /** Its target is deleted, and nothing holds its upload any more. */
  'then.endsWithoutTarget': step({
    sentence: 'Then {backup} comes to an end, or goes as its backup target has',
    waitsForTimer: true,
    action: async ({ clocks, timelines, timeouts }: Context, backup: BackupHandle) => {
      const { name, label, volume } = backup;
      const { store } = volume.target;
      if (timelines.backups.current(name) === undefined) return;
      const isEnd = (each: Backup): boolean => ['Completed', 'Error'].includes(backupState(each));
      const cause = await timeoutOf(
        waitUntil(timelines.backups, isEnd, {
          name,
          label: `${label} is Completed or in Error`,
          describe: describeBackup,
          ...timeouts.syncActedOn,
        }),
      );
      const left = timelines.backups.current(name);
      if (cause === undefined || left === undefined) return;
      const lockLife = Math.ceil(clocks.lockLife / 1000);
      await store.untilIdle({ volumes: [volume.name], lockLife, ...storeIdleLimits(clocks) });
      const config = await store.config(volume.name, name);
      if (config === undefined || config.inProgress)
        throw new InconclusiveError(`the upload of ${label} has not come to its end in the store`, { cause });
      const state = backupState(left);
      throw new PromiseBroken(
        `${label} (${name}) is still ${state}, though the store has it whole`,
        { kind: 'Backup', name, state },
        { cause },
      );
    },
  }),
  /** Its target names another store by now, and nothing holds its upload any more. `from`: the store that has it. */
  'then.completedWhereItIs': step({
    sentence: 'Then {backup} is not Completed at a store that does not have it',
    parameters: (backup) => ({ backup }),
    waitsForTimer: true,
    action: async (
      { timelines: { backups }, timeouts }: Context,
      { name, label, volume }: BackupHandle,
      { from }: { from: RunningStore },
    ) => {
      const isEnd = (each: Backup): boolean => ['Completed', 'Error'].includes(backupState(each));
      const about = { name, describe: describeBackup };
      if (backups.current(name) === undefined) return;
      await waitUntil(backups, isEnd, {
        ...{ ...about, label: `${label} is Completed or in Error` },
        ...timeouts.backupCompleted,
      });
      const cause = await timeoutOf(
        waitUntilGone(backups, { ...about, label: `${label} is gone`, ...timeouts.syncActedOn }),
      );
      const left = backups.current(name);
      if (cause === undefined || left === undefined || backupState(left) === 'Error') return;
      const [here, there] = [volume.target.store, from].map((store) => store.config(volume.name, name));
      if ((await here) !== undefined || ((await there)?.inProgress ?? true))
        throw new InconclusiveError(`${label} is not in the store alone that its target had`, { cause });
      throw new PromiseBroken(
        `${label} (${name}) is ${backupState(left)}, and the store of ${volume.target.name} does not have it`,
        { kind: 'Backup', name, state: 'Completed, in another store' },
        { cause },
      );
    },
  }),
  // A manager that has not yet seen that the target is unavailable may start a deletion in the store. It removes the
  // Backup object as soon as it has seen that. The order of Longhorn's watches is not defined.
  'then.goneAlone': step({
    sentence: 'Then {backup} goes from the cluster, and its deletion in the store is not tried to its end',
    action: ({ timelines: { backups }, timeouts }: Context, backup: BackupHandle) =>
      judgeWithin(
        backupHistory(backups, { ...backup, from: sinceDeleted(backup) })
          .startingAs(backupIs('Completed'), backupIs('Deleting'))
          .goes(gone),
        timeouts.firstDeleted,
      ),
  }),
};
