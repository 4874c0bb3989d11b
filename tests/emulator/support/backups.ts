import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { once } from '../../../e2e/history/expectation.ts';
import type { ObjectEntry, Timeline } from '../../../e2e/history/timeline.ts';
import { follow } from '../../../e2e/history/watch.ts';
import type { KubernetesObject } from '../../../e2e/kube/cluster.ts';
import type {
  Backup,
  BackupTarget,
  BackupVolume,
  Snapshot,
  Volume,
  VolumeAttachment,
} from '../../../emulator/longhorn/objects.ts';
import { namespace } from '../../../emulator/modelled-on.ts';
import { longhorn, type SharedLonghorn } from './local-cluster.ts';
import { collapse, describeState } from './states.ts';

type Watched<T> = Timeline<T & KubernetesObject>;

/** What a user of Longhorn does by its objects alone, with the answers watched. */
export const openBackups = async ({ cluster, url, device }: SharedLonghorn) => {
  const watch = <T>(plural: string): Promise<Watched<T>> =>
    follow<T & KubernetesObject>(cluster, longhorn(plural), { namespace });
  const timelines = {
    volumes: await watch<Volume>('volumes'),
    attachments: await watch<VolumeAttachment>('volumeattachments'),
    snapshots: await watch<Snapshot>('snapshots'),
    backups: await watch<Backup>('backups'),
    backupVolumes: await watch<BackupVolume>('backupvolumes'),
    targets: await watch<BackupTarget>('backuptargets'),
  };
  // On a machine that forty processes want, a volume takes more than half a minute.
  const limit = (label: string) => ({ label, within: '5m' as const, owner: 'this test' });
  const make = (
    plural: string,
    kind: string,
    name: string,
    spec: object,
    labels: Record<string, string> = {},
  ) =>
    cluster.create(longhorn(plural), {
      apiVersion: 'longhorn.io/v1beta2',
      kind,
      metadata: { name, namespace, labels },
      spec,
    });

  const untilSynced = (name: string) =>
    once(timelines.targets, ({ status }) => status?.available === true && !!status.lastSyncedAt, {
      name,
      ...limit('it is available'),
    });

  return {
    timelines,
    useStore: async (): Promise<void> => {
      await once(timelines.targets, () => true, { name: 'default', ...limit('there is a backup target') });
      await cluster.patch(
        longhorn('backuptargets'),
        { namespace, name: 'default' },
        { spec: { backupTargetURL: url } },
      );
      await untilSynced('default');
    },
    /**
     * Makes a backup target of a name, on a store beside the default one's; the store `stalled` never
     * answers.
     */
    target: async (name: string, path: string): Promise<void> => {
      await make('backuptargets', 'BackupTarget', name, {
        backupTargetURL: url.replace(/[^/]+$/, path),
        pollInterval: '0s',
      });
      if (path !== 'stalled') await untilSynced(name);
    },
    /** Asks for a look at the store, as the user interface does. */
    requestSync: async (plural: 'backuptargets' | 'backupvolumes', name: string): Promise<void> => {
      const syncRequestedAt = new Date().toISOString();
      await cluster.patch(longhorn(plural), { namespace, name }, { spec: { syncRequestedAt } });
    },
    volume: async (
      name: string,
      { node, size, ...more }: { node: string; size: number; [field: string]: unknown },
    ): Promise<void> => {
      await make('volumes', 'Volume', name, {
        size: String(size),
        numberOfReplicas: 1,
        frontend: 'blockdev',
        ...more,
      });
      await once(timelines.attachments, () => true, { name, ...limit('it has an attachment') });
      const ticket = {
        id: 'test',
        type: 'longhorn-api',
        nodeID: node,
        parameters: { disableFrontend: 'false' },
      };
      await cluster.patch(
        longhorn('volumeattachments'),
        { namespace, name },
        { spec: { attachmentTickets: { test: ticket } } },
      );
      const satisfied = ({ status }: VolumeAttachment) =>
        status?.attachmentTicketStatuses.test?.satisfied === true;
      await once(timelines.attachments, satisfied, { name, ...limit('its ticket is satisfied') });
      await once(timelines.volumes, ({ status }) => status?.robustness === 'healthy', {
        name,
        ...limit('it is healthy'),
      });
    },
    /** Random data from an offset on; whole MiB. */
    write: async (
      node: string,
      volume: string,
      { offset, size }: { offset: number; size: number },
    ): Promise<void> => {
      const file = await open(device(node, volume), 'r+');
      for (let at = 0; at < size; at += 1 << 20)
        await file.write(randomBytes(1 << 20), 0, 1 << 20, offset + at);
      await file.close();
    },
    snapshot: async (name: string, volume: string): Promise<void> => {
      await make('snapshots', 'Snapshot', name, { volume, createSnapshot: true });
      await once(timelines.snapshots, ({ status }) => status?.readyToUse === true, {
        name,
        ...limit('it is ready'),
      });
    },
    backup: (
      name: string,
      { snapshot, volume, target }: { snapshot: string; volume: string; target?: string },
    ) =>
      make(
        'backups',
        'Backup',
        name,
        { snapshotName: snapshot, backupMode: 'incremental' },
        { 'backup-volume': volume, ...(target && { 'backup-target': target }) },
      ),
    delete: (plural: string, name: string) => cluster.delete(longhorn(plural), { namespace, name }),
    until: (name: string, state: string) =>
      once(timelines.backups, ({ status }) => status?.state === state, {
        name,
        ...limit(`${name} is ${state}`),
      }),
    /** Backup and BackupVolume both know of each other, so that a deletion goes the whole way. */
    untilSettled: async (name: string, volume: string): Promise<void> => {
      await once(timelines.backups, ({ status }) => status?.state === 'Completed', {
        name,
        ...limit(`${name} is Completed`),
      });
      const knows = ({ spec, status }: BackupVolume) =>
        spec.volumeName === volume && status?.lastBackupName === name;
      await once(timelines.backupVolumes, knows, limit(`the BackupVolume of ${volume} knows ${name}`));
    },
    stop: () => Promise.all(Object.values(timelines).map((timeline) => timeline.stop())),
  };
};

/**
 * The states of a backup with their messages, one after the other, each once: `Pending {"info":"..."}`;
 * `gone` at its end.
 */
export const statesOf = (timeline: Timeline<Backup & KubernetesObject>, name: string): string[] => {
  const seen = timeline.entries.filter(
    (entry): entry is ObjectEntry<Backup & KubernetesObject> =>
      entry.kind !== 'gap' && entry.object.metadata.name === name,
  );
  return collapse(seen.map(({ kind, object }) => (kind === 'deleted' ? 'gone' : describeState(object))));
};
