import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deniedDeletion } from '../../../e2e/faults/denied-deletion.ts';
import type { Timeline } from '../../../e2e/history/timeline.ts';
import { follow } from '../../../e2e/history/watch.ts';
import type { KubernetesObject } from '../../../e2e/kube/objects.ts';
import { longhornApiPort } from '../../../emulator/api/resource.ts';
import type { Clock } from '../../../emulator/clocks.ts';
import { createClient } from '../../../emulator/kubernetes/client.ts';
import { createLog } from '../../../emulator/log.ts';
import { jobLabels, namespace, referenceVersion } from '../../../emulator/modelled-on.ts';
import { runRecurringJob } from '../../../emulator/recurring-job/run.ts';
import { openBackups } from '../support/backups.ts';
import { type LocalCluster, longhorn } from '../support/local-cluster.ts';
import type { Fields } from './describe-object.ts';
import { createTranscript, type ObjectState, type Transcript } from './transcript.ts';

/** The time-out of each wait of a script, in milliseconds. */
export type Patience = { longest: number; owner: string };

const isLike = (is: ObjectState['is'], wanted: 'gone' | Fields): boolean =>
  is === 'gone' || wanted === 'gone'
    ? is === wanted
    : Object.entries(wanted).every(([field, value]) => is[field] === value);

const keyOf = ({ resource, name }: ObjectState): string => `${resource}/${name}`;
const statesIn = (transcript: Transcript): ObjectState[] =>
  transcript.filter((line): line is ObjectState => 'is' in line);

type Made = KubernetesObject & { spec?: { volume?: string } };

// There is no kubelet, so only runJob runs recurring jobs.
const createJobs = ({ cluster, access, address, nodes }: LocalCluster, prefix: string) => ({
  /** Makes a RecurringJob that backs a volume up and keeps one backup. */
  recurringJob: async (job: string, volume: string): Promise<void> => {
    const name = prefix + job;
    await cluster.create(longhorn('recurringjobs'), {
      ...{ apiVersion: 'longhorn.io/v1beta2', kind: 'RecurringJob', metadata: { name, namespace } },
      spec: {
        ...{ name, task: 'backup', cron: '0 0 1 1 *', retain: 1, concurrency: 1 },
        ...{ groups: [], labels: {}, parameters: {} },
      },
    });
    const labels = { [jobLabels.ofJob(name)]: 'enabled' };
    await cluster.patch(longhorn('volumes'), { namespace, name: prefix + volume }, { metadata: { labels } });
  },
  /**
   * Runs a recurring job's program once, like its pod. Throws if its exit code is not 0, because the Job would fail.
   */
  runJob: async (job: string, clock: Clock): Promise<void> => {
    let last = '';
    const code = await runRecurringJob({
      name: prefix + job,
      managerURL: `http://${address(nodes[0] ?? '')}:${longhornApiPort}/v1`,
      kubernetes: createClient(access),
      log: createLog((line) => {
        last = line;
      }),
      clock,
      mutant: undefined,
      version: referenceVersion,
    });
    if (code !== 0) throw new Error(`the program of the recurring job ${job} ended with ${code}: ${last}`);
  },
  /**
   * Denies the deletion of a volume's backups or snapshots. Resolves when that is in force, with a function that ends
   * it and resolves when it has ended.
   */
  denyDeletion: async (plural: 'backups' | 'snapshots', volume: string): Promise<() => Promise<void>> => {
    const whose = {
      backups: `oldObject.metadata.labels['backup-volume'] == '${prefix}${volume}'`,
      snapshots: `oldObject.spec.volume == '${prefix}${volume}'`,
    }[plural];
    const { items } = await cluster.list<Made>(longhorn(plural), { namespace });
    const one = items.find(({ metadata, spec }) =>
      [metadata.labels?.['backup-volume'], spec?.volume].includes(prefix + volume),
    );
    const { inject, data } = deniedDeletion.on(cluster, {
      ...{ policy: `${prefix}deny-${plural}`, labels: {}, resource: longhorn(plural), whose },
      probe: { namespace, name: one?.metadata.name ?? '' },
      title: `no ${plural} of ${volume} are deleted`,
    });
    await inject();
    return async () => void (await deniedDeletion.heal(cluster, data));
  },
});

/**
 * Does the actions of a script, with the names of the recording after a prefix, and waits for states in its watches.
 */
export const openDriver = async (
  local: LocalCluster,
  { prefix, recorded, patience }: { prefix: string; recorded: Transcript; patience: Patience },
) => {
  const user = await openBackups(local);
  // Its own target, so that no other script requests a sync of this store. After the prefix, it has the name in the
  // recording.
  const [target, folder] = [`${prefix}default`, `${prefix}store`];
  await user.target(target, folder);
  const transcript = createTranscript({ prefix });
  const looking = new Set<() => void>();
  const markers = recorded.flatMap((line) => ('marker' in line ? [line.marker] : []));
  let begun = false;
  const jobs = await follow<KubernetesObject>(local.cluster, longhorn('recurringjobs'), { namespace });
  const held = user.timelines;
  const timelines: Record<string, Pick<Timeline, 'onEntry' | 'objects'>> = {
    ...{ backups: held.backups, backupvolumes: held.backupVolumes, backuptargets: held.targets },
    ...{ snapshots: held.snapshots, volumes: held.volumes, recurringjobs: jobs },
  };
  for (const [resource, timeline] of Object.entries(timelines)) {
    timeline.onEntry((entry) => {
      if (begun) transcript.take(resource, entry);
      for (const look of looking) look();
    });
  }

  const holds = async (what: string, isMet: () => boolean): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => void (isMet() && resolve());
    const late = `timed out after ${patience.longest / 1000} s (${patience.owner}): not seen that ${what}`;
    const limit = setTimeout(() => reject(new Error(late)), patience.longest);
    looking.add(look);
    look();
    await promise.finally(() => {
      clearTimeout(limit);
      looking.delete(look);
    });
  };
  const historyOf = (name: string): ObjectState[] =>
    statesIn(transcript.lines).filter((state) => state.name === name);
  const ownerOf = (name: string): string =>
    user.timelines.backups.current(prefix + name)?.status?.ownerID ?? '';

  return {
    local,
    /** The folder that is used as the export of the script's target. */
    store: join(dirname(local.store), folder),
    transcript: transcript.lines,
    /** Marks an action of the recording as done now. `text` is the beginning of its marker. */
    mark: (text: string): void => {
      const marker = markers.find((each) => each.startsWith(text));
      if (!marker) throw new Error(`no marker begins with "${text}" (there are: ${markers.join(', ')})`);
      transcript.mark(marker);
    },
    /** Starts the transcript. Objects that exist already are `inherited`. */
    begin: (): void => {
      transcript.mark('given');
      for (const [resource, timeline] of Object.entries(timelines)) {
        for (const object of timeline.objects() as KubernetesObject[]) transcript.inherit(resource, object);
      }
      begun = true;
    },
    /** Waits until an object was seen in this state this number of times. */
    until: (name: string, wanted: 'gone' | Fields, times = 1): Promise<void> =>
      holds(`${name} is ${JSON.stringify(wanted)}${times > 1 ? ` for time ${times}` : ''}`, () => {
        return historyOf(name).filter(({ is }) => isLike(is, wanted)).length >= times;
      }),
    /** Waits until every object has its last state in the recording. */
    untilAsRecorded: (): Promise<void> => {
      const last = new Map(statesIn(recorded).map((state) => [keyOf(state), JSON.stringify(state.is)]));
      return holds('every object is what the recording has of it last', () => {
        const own = new Map(
          statesIn(transcript.lines).map((state) => [keyOf(state), JSON.stringify(state.is)]),
        );
        return [...last].every(([key, is]) => own.get(key) === is);
      });
    },
    volume: (name: string, { node, method = 'lz4' }: { node: string; method?: string }): Promise<void> => {
      const spec = { backupCompressionMethod: method, backupTargetName: target };
      return user.volume(prefix + name, { node, size: 64 << 20, ...spec });
    },
    write: (node: string, volume: string, size: number): Promise<void> =>
      user.write(node, prefix + volume, size),
    snapshot: (name: string, volume: string): Promise<void> => user.snapshot(prefix + name, prefix + volume),
    backup: (name: string, { snapshot, volume }: { snapshot: string; volume: string }) =>
      user.backup(prefix + name, { snapshot: prefix + snapshot, volume: prefix + volume, target }),
    /** Waits until the backup, its BackupVolume and its volume refer to each other. */
    untilSettled: async (name: string, volume: string): Promise<void> => {
      await user.untilSettled(prefix + name, prefix + volume);
      await holds(`${volume} knows ${name} as its last backup`, () => {
        const owned = user.timelines.backups.current(prefix + name)?.metadata.ownerReferences?.length === 1;
        return owned && user.timelines.volumes.current(prefix + volume)?.status?.lastBackup === prefix + name;
      });
    },
    delete: (name: string): Promise<void> =>
      local.cluster.delete(longhorn('backups'), { namespace, name: prefix + name }),
    /**
     * Waits until a backup is gone, its BackupVolume has none, and no sync of that is due. On a busy machine, such a
     * sync would list the next backup before the manager of that asks for it.
     */
    untilGone: (name: string, volume: string): Promise<void> =>
      holds(`${name} is gone`, () => {
        const all = user.timelines.backupVolumes.objects();
        const known = all.find(({ spec }) => spec.volumeName === prefix + volume);
        const { lastBackupName, lastSyncedAt } = known?.status ?? {};
        const isSynced =
          Date.parse(lastSyncedAt ?? '') >= Date.parse(known?.spec.syncRequestedAt ?? '1970-01-01T00:00:00Z');
        return !user.timelines.backups.current(prefix + name) && lastBackupName === '' && isSynced;
      }),
    /**
     * Waits until the next resync of a backup's owner is neither near nor just over. Managers count from their start.
     */
    untilAwayFromResync: async (name: string, resync: number): Promise<void> => {
      const owner = { namespace, name: ownerOf(name) };
      const { metadata } = await local.cluster.get<KubernetesObject>(longhorn('nodes'), owner);
      const since = (Date.now() - Date.parse(metadata.creationTimestamp ?? '')) % resync;
      if (since < 0.2 * resync || since > 0.7 * resync) await sleep((1.2 * resync - since) % resync);
    },
    ownerOf,
    ...createJobs(local, prefix),
    stop: async (): Promise<void> => {
      await Promise.all([user.stop(), jobs.stop()]);
    },
  };
};

export type Driver = Awaited<ReturnType<typeof openDriver>>;
