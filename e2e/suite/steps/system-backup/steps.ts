import { setTimeout as sleep } from 'node:timers/promises';
import { defaultTargetChanged } from '../../../faults/default-target.ts';
import type { InjectedFault } from '../../../faults/fault.ts';
import { managerKilled } from '../../../faults/killed-pod.ts';
import { patchedObject } from '../../../faults/patched-object.ts';
import { expectHistory, timeoutOf, unlessTimedOut, waitUntil } from '../../../history/expectation.ts';
import { namedState } from '../../../history/named-state.ts';
import { type KubernetesObject, resources } from '../../../kube/cluster.ts';
import { tryCreation } from '../../../kube/dry-run.ts';
import { parseDuration } from '../../../kube/duration.ts';
import { managerPods } from '../../../longhorn/manager.ts';
import {
  longhornApiVersion as apiVersion,
  defaultBackupTarget,
  longhornResources,
  longhornNamespace as namespace,
} from '../../../longhorn/resources.ts';
import type { BackupTarget, SystemBackup } from '../../../longhorn/types.ts';
import type { RunningStore } from '../../../store/driver.ts';
import { systemBackupsFolder } from '../../../store/format/system-backup.ts';
import { checkSystemBackups } from '../../../store/fsck/check-system-backups.ts';
import { collectFindings } from '../../../store/fsck/findings.ts';
import { mustBeRefused } from '../admission/steps.ts';
import type { Context } from '../context.ts';
import { isBackupOf, runLabel } from '../created-objects.ts';
import { listLabels, type SystemBackupHandle, type TargetHandle, type VolumeHandle } from '../handles.ts';
import { InconclusiveError, throwIfAny } from '../judging.ts';
import { step } from '../step.ts';
import { describeTarget } from '../target/target.ts';
import { judgeWithin } from '../timeouts.ts';
import { type HeldObjects, readSystemBundle, wrongInBundle } from './bundle.ts';
import {
  brokenBySystemBackup,
  currentSystemBackup,
  describeSystemBackup,
  systemBackupState,
  untilSystemBackupGone,
  untilSystemBackupIn,
  watchedSystemBackups,
} from './system-backup.ts';

const resource = longhornResources.systemBackups;

const systemBackupIs = namedState('system-backup-is', (state: string) => ({
  label: state === '' ? 'new' : state,
  matches: (object: SystemBackup) => systemBackupState(object) === state,
}));

/** The states in which Longhorn makes a system backup (system_backup_controller.go, reconcile). */
const creationStates = [
  'CreatingVolumeBackups',
  'CreatingBackingImageBackups',
  'Generating',
  'Uploading',
  'Ready',
];

const lastSyncOfDefault = ({ timelines }: Context) =>
  timelines.backupTargets.current(defaultBackupTarget)?.status?.lastSyncedAt;

/** Waits until the backup target default is on a store, and was synced again since `before`: its status is that of the store. */
const untilDefaultTargetOn = async (
  { timelines, timeouts }: Context,
  { url }: RunningStore,
  before: ReturnType<typeof lastSyncOfDefault>,
): Promise<void> =>
  void (await waitUntil(
    timelines.backupTargets,
    ({ spec, status }) =>
      spec.backupTargetURL === url &&
      status?.available === true &&
      Boolean(status.lastSyncedAt) &&
      status.lastSyncedAt !== before,
    {
      name: defaultBackupTarget,
      label: `the backup target ${url} is available`,
      describe: describeTarget,
      ...timeouts.targetAvailable,
    },
  ));

type ConfigMap = KubernetesObject & { data?: Record<string, string> };

const newSystemBackup = ({ run }: Context, name: string, volumeBackupPolicy: string) => ({
  apiVersion,
  kind: 'SystemBackup',
  metadata: { name, namespace, labels: runLabel(run) },
  spec: { volumeBackupPolicy },
});

const makeSystemBackup = async (context: Context, name: string, policy: string): Promise<void> => {
  await watchedSystemBackups(context);
  context.made.systemBackups.push(name);
  await context.cluster.create(resource, newSystemBackup(context, name, policy));
};

type SystemBackupOptions = {
  label: string;
  like?: SystemBackupHandle;
  volumes?: 'disabled' | 'if-not-present' | 'always';
};

// Such a system backup would make snapshots and backups of the volumes of others, or fail as one of theirs cannot be
// backed up.
const mustBeAlone = async ({ cluster, made }: Context): Promise<void> => {
  const { items } = await cluster.list(longhornResources.volumes, { namespace });
  const others = items.map(({ metadata }) => metadata.name).filter((name) => !made.volumes.includes(name));
  if (others.length > 0)
    throw new InconclusiveError(
      `the system backup would back up volumes of others too: ${others.join(', ')}`,
    );
};

const judgeStored = async (
  _: Context,
  { store }: TargetHandle,
  expected: readonly SystemBackupHandle[],
): Promise<void> => {
  const findings = collectFindings();
  const found = await checkSystemBackups(store.source, { findings, now: Date.now(), quick: false });
  const wanted = expected.map(({ name, version }) => `${version}/${name}`);
  const [gone, left] = [
    wanted.filter((path) => !found.includes(path)),
    found.filter((path) => !wanted.includes(path)),
  ];
  const problems = [
    ...gone.map((path) => `${systemBackupsFolder}/${path} is not there`),
    ...left.map((path) => `${systemBackupsFolder}/${path} is there`),
    ...findings.list().map(({ message }) => message),
  ];
  const codes = findings.list().map(({ code }) => code);
  throwIfAny(problems, 'the system backups in the store are not as expected', {
    of: 'store',
    findings: codes,
    gone,
    left,
  });
};

type Met = { met: () => Promise<number> };

// The rule of the fault has met one probe before.
const untilMet = async (context: Context, { name }: SystemBackupHandle, { met }: Met, what: string) => {
  const { timeouts, scenarioSignal: signal } = context;
  const { within, owner } = timeouts.systemBackupEnds;
  const end = performance.now() + parseDuration(within);
  const timeline = await watchedSystemBackups(context);
  while ((await met()) < 2) {
    const known = timeline.current(name);
    if (performance.now() > end || (known && systemBackupState(known) === 'Ready'))
      throw new InconclusiveError(`the store has not ${what}, within ${within} (${owner})`);
    await sleep(500, undefined, { signal });
  }
};

// Also while the config may still follow.
const isWhole = async ({ name, target }: SystemBackupHandle): Promise<boolean> => {
  const findings = collectFindings();
  const later = Date.now() + 3_600_000;
  const found = await checkSystemBackups(target.store.source, { findings, now: later, quick: true });
  return found.some((path) => path.endsWith(`/${name}`)) && findings.list().length === 0;
};

// Undefined if it has ended: in Error, or whole. Otherwise the error of the wait.
const unlessMadeWhole = async (
  context: Context,
  systemBackup: SystemBackupHandle,
): Promise<Error | undefined> => {
  const { syncActedOn } = context.timeouts;
  const ends = untilSystemBackupIn(context, systemBackup, ['Ready', 'Error'], syncActedOn);
  const cause = await timeoutOf(ends);
  if (cause !== undefined) return cause;
  const { status } = await ends;
  if (status?.state === 'Ready')
    await judgeStored(context, systemBackup.target, [{ ...systemBackup, version: status.version ?? '' }]);
  return undefined;
};

/** The steps that make, find, delete and judge system backups. Longhorn has them on the default backup target alone. */
export const systemBackupSteps = {
  /** Until the end of the scenario. Returns when Longhorn can use the store. */
  'given.defaultTargetOn': step({
    sentence: 'Given the backup target default on this store',
    action: async (context: Context, store: RunningStore): Promise<TargetHandle> => {
      const { url: backupTargetURL, credentialSecret } = store;
      const fault = await defaultTargetChanged.on(context.cluster, { backupTargetURL, credentialSecret });
      const before = lastSyncOfDefault(context);
      await context.turn.changingTargets(() => context.faults.inject(fault));
      await untilDefaultTargetOn(context, store, before);
      return { name: defaultBackupTarget, store };
    },
  }),
  /** Until the end of the scenario. */
  'given.defaultPollInterval': step({
    sentence: 'Given the backup target default with a poll interval of {interval}',
    parameters: ({ interval }) => ({ interval }),
    action: async ({ cluster, faults }: Context, { interval }: { interval: string }) => {
      const [resource, name] = [longhornResources.backupTargets, defaultBackupTarget];
      const { spec } = await cluster.get<BackupTarget>(resource, { namespace, name });
      await faults.inject(
        patchedObject.on(cluster, {
          ...{ resource, namespace, name, title: `backup target ${name} is polled each ${interval}` },
          before: { spec: { pollInterval: spec.pollInterval } },
          after: { spec: { pollInterval: interval } },
        }),
      );
    },
  }),
  /** Until the end of the scenario. The ConfigMap leaves the poll interval open. */
  'when.defaultResourceNames': step({
    sentence:
      'When the ConfigMap longhorn-default-resource names another backup store for the target default',
    action: async (context: Context, store: RunningStore) => {
      const name = 'longhorn-default-resource';
      const found = await context.cluster.get<ConfigMap>(resources.configMaps, { namespace, name });
      const key = 'default-resource.yaml';
      const said = `backup-target: "${store.url}"\nbackup-target-credential-secret: "${store.credentialSecret}"\n`;
      const fault = patchedObject.on(context.cluster, {
        ...{ resource: resources.configMaps, namespace, name },
        title: `ConfigMap ${name} names ${store.url}`,
        before: { data: { [key]: found.data?.[key] ?? null } },
        after: { data: { [key]: said } },
      });
      const lastSyncedAt = lastSyncOfDefault(context);
      await context.turn.changingTargets(() => context.faults.inject(fault));
      return { store, lastSyncedAt };
    },
  }),
  'then.isOnNamedStore': step({
    sentence: 'Then the backup target default is on that store, and available',
    action: async (
      context: Context,
      { store, lastSyncedAt }: { store: RunningStore; lastSyncedAt: ReturnType<typeof lastSyncOfDefault> },
    ): Promise<TargetHandle> => {
      await untilDefaultTargetOn(context, store, lastSyncedAt);
      return { name: defaultBackupTarget, store };
    },
  }),
  'then.isPolledEach': step({
    sentence: 'Then the backup target default still has a poll interval of {interval}',
    parameters: ({ interval }) => ({ interval }),
    action: async ({ timelines }: Context, { interval }: { interval: string }) => {
      const found = timelines.backupTargets.current(defaultBackupTarget)?.spec.pollInterval;
      if (found !== interval) throw new Error(`its poll interval is ${found}, not ${interval}`);
    },
  }),
  /**
   * `like`: its name begins with this one's. `volumes`: the policy for backups of volumes. Any but the default backs all
   * volumes of the cluster up, so there must be no others.
   */
  'when.systemBackedUp': step({
    sentence: 'When {label} is requested{how}',
    parameters: (_, { label, like, volumes }) => ({
      label,
      how: [
        like === undefined ? '' : `, whose name begins as that of ${like.label}`,
        volumes === undefined ? '' : `, with the policy ${volumes} for volumes`,
      ].join(''),
    }),
    action: async (
      context: Context,
      target: TargetHandle,
      { label, like, volumes = 'disabled' }: SystemBackupOptions,
    ): Promise<SystemBackupHandle> => {
      if (volumes !== 'disabled') await mustBeAlone(context);
      const name = like === undefined ? context.uniqueName('system') : `${like.name}-2`;
      await makeSystemBackup(context, name, volumes);
      return { name, label, version: '', target };
    },
    detail: ({ name }) => name,
  }),
  'then.systemBackupMade': step({
    sentence: 'Then {label} goes through its states to Ready',
    action: async (context: Context, systemBackup: SystemBackupHandle) => {
      const { name, label } = systemBackup;
      const timeline = await watchedSystemBackups(context);
      await judgeWithin(
        expectHistory(timeline, { name, label, describe: describeSystemBackup })
          .startingAs(systemBackupIs(''))
          .goes(...creationStates.map((state) => systemBackupIs(state))),
        context.timeouts.systemBackupEnds,
      );
      systemBackup.version = timeline.current(name)?.status?.version ?? '';
    },
  }),
  /** The volume has no backup. */
  'then.misspeltPolicyRefused': step({
    sentence: 'Then a system backup with the policy Always, instead of always, is rejected or fails',
    action: async (context: Context, target: TargetHandle, volume: VolumeHandle) => {
      const name = context.uniqueName('system');
      const policy = 'Always';
      const answer = await tryCreation(context.cluster, resource, newSystemBackup(context, name, policy));
      if ('refused' in answer) return mustBeRefused(answer);
      await makeSystemBackup(context, name, policy);
      const made = { name, label: `the system backup with the policy ${policy}`, version: '', target };
      const found = await untilSystemBackupIn(context, made, ['Ready', 'Error']);
      if (systemBackupState(found) === 'Error') return;
      const isOfVolume = isBackupOf(volume);
      if (context.timelines.backups.objects().some(isOfVolume))
        throw new Error(`${made.label} is Ready, and has backed up ${volume.name}`);
      throw brokenBySystemBackup(`${made.label} is Ready, and ${volume.name} has no backup`, made, 'Ready');
    },
  }),
  'then.systemBackupReady': step({
    sentence: 'Then {label} is Ready',
    action: async (context: Context, systemBackup: SystemBackupHandle) => {
      const found = await untilSystemBackupIn(context, systemBackup, ['Ready', 'Error']);
      if (systemBackupState(found) === 'Error')
        throw brokenBySystemBackup(
          `${systemBackup.label} is ${describeSystemBackup(found)}`,
          systemBackup,
          'Error',
        );
      systemBackup.version = found.status?.version ?? '';
    },
  }),
  /** It is whole in the store again. Longhorn has synced the target twice since: it may read it with the second sync. */
  'then.systemBackupReadAgain': step({
    sentence: 'Then {label}, which can be read again, becomes Ready',
    action: async (context: Context, systemBackup: SystemBackupHandle) => {
      const found = await currentSystemBackup(context, systemBackup);
      if (found !== undefined && found.metadata.resourceVersion === systemBackup.unread)
        throw brokenBySystemBackup(
          `${systemBackup.label} is still ${describeSystemBackup(found)}`,
          systemBackup,
          systemBackupState(found),
        );
      await untilSystemBackupIn(context, systemBackup, ['Ready']);
    },
  }),
  /** Returns after the time in which Longhorn tries again, or as soon as it fails. */
  'then.systemBackupWaits': step({
    sentence: 'Then {label} is not Ready for as long as Longhorn cannot open the target',
    waitsForTimer: true,
    action: async (context: Context, systemBackup: SystemBackupHandle) => {
      const limit = context.timeouts.requestTried;
      const ended = await unlessTimedOut(
        untilSystemBackupIn(context, systemBackup, ['Ready', 'Error'], limit),
      );
      if (ended !== undefined && systemBackupState(ended) === 'Ready')
        throw new Error(`${systemBackup.label} is Ready without the Secret of its target`);
    },
  }),
  /**
   * It was requested while Longhorn could not open the target, which it can again now. An annotation shows whether
   * Longhorn has only forgotten it.
   */
  'then.systemBackupNotForgotten': step({
    sentence: 'Then {label} is made now, or fails',
    waitsForTimer: true,
    action: async (context: Context, systemBackup: SystemBackupHandle) => {
      const { cluster, timeouts } = context;
      const { name, label } = systemBackup;
      const ended = ['Ready', 'Error'];
      const before = await currentSystemBackup(context, systemBackup);
      const cause = await timeoutOf(untilSystemBackupIn(context, systemBackup, ended, timeouts.syncActedOn));
      if (cause === undefined) return;
      const left = await currentSystemBackup(context, systemBackup);
      if (left === undefined) throw cause;
      if (before === undefined || systemBackupState(left) !== systemBackupState(before))
        throw new InconclusiveError(`${label} is being made, and slowly`, { cause });
      const annotations = { 'corral.test/noticed': 'yes' };
      await cluster.patch(resource, { namespace, name }, { metadata: { annotations } });
      await untilSystemBackupIn(context, systemBackup, ended);
      throw brokenBySystemBackup(
        `${label} stayed ${describeSystemBackup(left)} until it was annotated`,
        systemBackup,
        systemBackupState(left),
        { cause },
      );
    },
  }),
  'then.configRefused': step({
    sentence: 'Then the store has refused the config of {label}',
    action: (context: Context, systemBackup: SystemBackupHandle, fault: Met) =>
      untilMet(context, systemBackup, fault, `refused the config of ${systemBackup.label}`),
  }),
  'then.archiveUnanswered': step({
    sentence: 'Then {label} is Uploading, and the store leaves its archive unanswered',
    action: async (context: Context, systemBackup: SystemBackupHandle, fault: Met) => {
      await untilSystemBackupIn(context, systemBackup, ['Uploading', 'Ready', 'Error']);
      await untilMet(context, systemBackup, fault, `been sent the archive of ${systemBackup.label}`);
    },
  }),
  /** Returns when it is gone, or after the time for that. */
  'when.systemDeletionTried': step({
    sentence: 'When Longhorn has had time to delete {label}',
    waitsForTimer: true,
    action: async (context: Context, systemBackup: SystemBackupHandle) =>
      void (await unlessTimedOut(
        untilSystemBackupGone(context, systemBackup, context.timeouts.requestTried),
      )),
  }),
  /** The store answers again. What it was sent is there within seconds. */
  'then.systemBackupStaysDeleted': step({
    sentence: 'Then the store holds nothing of {label}, which was deleted during its upload',
    waitsForTimer: true,
    action: async (context: Context, systemBackup: SystemBackupHandle) => {
      const { timeouts, scenarioSignal: signal } = context;
      const end = performance.now() + parseDuration(timeouts.requestTried.within);
      while (performance.now() < end && !(await isWhole(systemBackup)))
        await sleep(500, undefined, { signal });
      return judgeStored(context, systemBackup.target, []);
    },
  }),
  /** Its archive is in that pod. */
  'when.systemBackupOwnerKilled': step({
    sentence: 'When the longhorn-manager that uploads {label} is killed',
    action: async (context: Context, systemBackup: SystemBackupHandle): Promise<InjectedFault[]> => {
      const { cluster, faults } = context;
      const owner = (await currentSystemBackup(context, systemBackup))?.status?.ownerID;
      const pod = (await managerPods(cluster)).find(({ node }) => node === owner);
      if (pod === undefined)
        throw new Error(`no longhorn-manager runs on ${owner}, which owns ${systemBackup.label}`);
      return [await faults.inject(managerKilled(cluster, pod))];
    },
  }),
  /** The store answers again, and its manager is back. */
  'then.systemBackupUploadedAgain': step({
    sentence: 'Then {label}, whose upload was cut off, is Ready and whole in the store, or fails',
    waitsForTimer: true,
    action: async (context: Context, systemBackup: SystemBackupHandle) => {
      const { label } = systemBackup;
      const cause = await unlessMadeWhole(context, systemBackup);
      if (cause === undefined) return;
      const left = await currentSystemBackup(context, systemBackup);
      if (left === undefined || (await isWhole(systemBackup))) throw cause;
      throw brokenBySystemBackup(
        `${label} is still ${describeSystemBackup(left)}, and the store has nothing of it`,
        systemBackup,
        systemBackupState(left),
        { cause },
      );
    },
  }),
  /** The store has refused its config, and takes it now. */
  'then.systemBackupMadeWhole': step({
    sentence: 'Then {label} is Ready and whole in the store, or fails',
    waitsForTimer: true,
    action: async (context: Context, systemBackup: SystemBackupHandle) => {
      const { label, target } = systemBackup;
      const cause = await unlessMadeWhole(context, systemBackup);
      if (cause === undefined) return;
      const findings = collectFindings();
      await checkSystemBackups(target.store.source, { findings, now: Date.now(), quick: true });
      if (!findings.list().some(({ code }) => code === 'system-backup-config-missing')) throw cause;
      const left = await currentSystemBackup(context, systemBackup);
      if (left === undefined) throw cause;
      throw brokenBySystemBackup(
        `${label} is still ${describeSystemBackup(left)}, and the store has its archive without the config`,
        systemBackup,
        systemBackupState(left),
        { cause },
      );
    },
  }),
  'then.systemBackupUnread': step({
    sentence: 'Then {label} goes Error, as it cannot be read',
    action: async (context: Context, systemBackup: SystemBackupHandle) => {
      const found = await untilSystemBackupIn(context, systemBackup, ['Error']);
      const reason = found.status?.conditions?.find(({ type }) => type === 'Error')?.reason;
      if (reason !== 'Sync')
        throw new Error(`${systemBackup.label} is ${describeSystemBackup(found)}, not for its sync`);
      systemBackup.unread = found.metadata.resourceVersion;
      return found;
    },
    detail: describeSystemBackup,
  }),
  /** As that of another cluster, which Longhorn finds with the next sync. */
  'when.systemBackupForgotten': step({
    sentence: 'When Longhorn does not know {label} any more, which is still in the store',
    action: async (context: Context, systemBackup: SystemBackupHandle) => {
      const object = { namespace, name: systemBackup.name };
      const labels = { 'longhorn.io/delete-custom-resource-only': 'true' };
      await context.cluster.patch(resource, object, { metadata: { labels } });
      await context.cluster.delete(resource, object);
      await untilSystemBackupGone(context, systemBackup);
    },
  }),
  /** Longhorn does not know that one. A label shows that it takes the new one for it. */
  'then.systemBackupNameTaken': step({
    sentence: 'Then a new system backup with the name of {label} is rejected, fails or is made',
    action: async (context: Context, systemBackup: SystemBackupHandle) => {
      const { name } = systemBackup;
      const object = newSystemBackup(context, name, 'disabled');
      const answer = await tryCreation(context.cluster, resource, object);
      if ('refused' in answer && answer.refused.status === 409)
        throw new InconclusiveError(`a sync has found ${name} before it was made anew`);
      if ('refused' in answer) return mustBeRefused(answer);
      await makeSystemBackup(context, name, 'disabled');
      const made = { ...systemBackup, label: `the new system backup ${name}` };
      const found = await untilSystemBackupIn(context, made, ['Ready', 'Error']);
      if (systemBackupState(found) === 'Error' || !found.metadata.labels?.['longhorn.io/version']) return;
      throw brokenBySystemBackup(
        `${made.label} of ${found.metadata.creationTimestamp} is Ready, as the one in the store of ${found.status?.createdAt}`,
        made,
        'Ready',
      );
    },
  }),
  'when.systemBackupDeleted': step({
    sentence: 'When {label} is deleted',
    action: async ({ cluster }: Context, { name }: SystemBackupHandle) =>
      void (await cluster.delete(resource, { namespace, name })),
  }),
  'then.systemBackupGone': step({
    sentence: 'Then {label} is gone from the cluster',
    action: (context: Context, systemBackup: SystemBackupHandle) =>
      untilSystemBackupGone(context, systemBackup),
  }),
  /** The store refuses the removal of a file of it. */
  'then.systemBackupGoesWithItsFiles': step({
    sentence: 'Then {label} stays in the cluster while its files are in the store',
    waitsForTimer: true,
    action: async (context: Context, systemBackup: SystemBackupHandle) => {
      const cause = await timeoutOf(
        untilSystemBackupGone(context, systemBackup, context.timeouts.syncActedOn),
      );
      if (cause === undefined) return judgeStored(context, systemBackup.target, []);
      const found = await currentSystemBackup(context, systemBackup);
      if (found === undefined || systemBackupState(found) !== 'Deleting')
        throw new InconclusiveError(`nothing shows that Longhorn has tried to delete ${systemBackup.label}`);
    },
  }),
  /** Checks configs, archives and checksums. */
  'then.storeHoldsSystemBackups': step({
    sentence: 'Then the store holds {which}',
    parameters: (_, expected) => ({
      which: expected.length === 0 ? 'no system backup' : `${listLabels(expected)} whole, and no other`,
    }),
    action: judgeStored,
  }),
  /** Its archive, as it is in the store. */
  'then.systemBackupHas': step({
    sentence:
      'Then {label} has the documented kinds of objects, the volume and its claim among them, and no others',
    action: async (_: Context, systemBackup: SystemBackupHandle, held: HeldObjects) => {
      const bundle = await readSystemBundle(systemBackup);
      throwIfAny(wrongInBundle(bundle, held), `${systemBackup.label} has not what is documented`);
      return bundle;
    },
    detail: (bundle) => [...bundle].map(([kind, names]) => `${kind}: ${names.length}`).join(', '),
  }),
};
