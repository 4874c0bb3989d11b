import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { waitUntil, waitUntilGone } from '../../../e2e/history/expectation.ts';
import type { Timeline } from '../../../e2e/history/timeline.ts';
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

type Watched<T> = Timeline<T & KubernetesObject>;
type Fields = { [field: string]: unknown };
type NewVolume = Fields & { node: string; size: number };
type NewBackup = Fields & { snapshot: string; volume: string };

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
  const make = (plural: string, kind: string, name: string, spec: object, labels = {}) => {
    const metadata = { name, namespace, labels };
    return cluster.create(longhorn(plural), { apiVersion: 'longhorn.io/v1beta2', kind, metadata, spec });
  };
  const patch = (plural: string, name: string, spec: object) =>
    cluster.patch(longhorn(plural), { namespace, name }, { spec });
  type Held = typeof timelines;
  type Of<K extends keyof Held> = Held[K] extends Watched<infer T> ? T & KubernetesObject : never;
  /** Waits until an object is so. */
  const until = <K extends keyof Held>(
    kind: K,
    name: string,
    label: string,
    isMet: (object: Of<K>) => boolean,
  ): Promise<Of<K>> =>
    waitUntil(timelines[kind] as unknown as Timeline<Of<K>>, isMet, { name, ...limit(`${name}: ${label}`) });
  const isSynced = ({ status }: BackupTarget) => status?.available === true && !!status.lastSyncedAt;
  const untilSynced = (name: string) => until('targets', name, 'it is available', isSynced);

  return {
    timelines,
    until,
    /** Waits until an object is gone. */
    untilGone: (kind: keyof Held, name: string): Promise<void> =>
      waitUntilGone(timelines[kind] as Timeline, { name, ...limit(`${name} is gone`) }),
    useStore: async (): Promise<void> => {
      await until('targets', 'default', 'it is there', () => true);
      await patch('backuptargets', 'default', { backupTargetURL: url });
      await untilSynced('default');
    },
    /**
     * Makes a backup target of a name, on a store beside the default one's; a store `.../stalled` never
     * answers.
     */
    target: async (name: string, path: string): Promise<void> => {
      const backupTargetURL = url.replace(/[^/]+$/, path);
      await make('backuptargets', 'BackupTarget', name, { backupTargetURL, pollInterval: '0s' });
      if (!path.endsWith('/stalled')) await untilSynced(name);
    },
    volume: async (name: string, { node, size, ...more }: NewVolume): Promise<void> => {
      const spec = { size: String(size), numberOfReplicas: 1, frontend: 'blockdev', ...more };
      await make('volumes', 'Volume', name, spec);
      await until('attachments', name, 'it has an attachment', () => true);
      const parameters = { disableFrontend: 'false' };
      const test = { id: 'test', type: 'longhorn-api', nodeID: node, parameters };
      await patch('volumeattachments', name, { attachmentTickets: { test } });
      await until('attachments', name, 'its ticket is satisfied', ({ status }) =>
        Boolean(status?.attachmentTicketStatuses.test?.satisfied),
      );
      await until('volumes', name, 'it is healthy', ({ status }) => status?.robustness === 'healthy');
    },
    /** Random data; whole MiB. */
    write: async (node: string, volume: string, size: number): Promise<void> => {
      const file = await open(device(node, volume), 'r+');
      for (let at = 0; at < size; at += 1 << 20) await file.write(randomBytes(1 << 20), 0, 1 << 20, at);
      await file.close();
    },
    snapshot: async (name: string, volume: string): Promise<void> => {
      await make('snapshots', 'Snapshot', name, { volume, createSnapshot: true });
      await until('snapshots', name, 'it is ready', ({ status }) => status?.readyToUse === true);
    },
    backup: (name: string, { snapshot, volume, target, ...more }: NewBackup) => {
      const labels = { 'backup-volume': volume, ...(target !== undefined && { 'backup-target': target }) };
      const spec = { snapshotName: snapshot, backupMode: 'incremental', ...more };
      return make('backups', 'Backup', name, spec, labels);
    },
    delete: (plural: string, name: string) => cluster.delete(longhorn(plural), { namespace, name }),
    untilState: (name: string, state: string) =>
      until('backups', name, `it is ${state}`, ({ status }) => status?.state === state),
    /** Backup and BackupVolume both know of each other, so that a deletion goes the whole way. */
    untilSettled: async (name: string, volume: string): Promise<void> => {
      await until('backups', name, 'it is Completed', ({ status }) => status?.state === 'Completed');
      const knows = ({ spec, status }: BackupVolume) =>
        spec.volumeName === volume && status?.lastBackupName === name;
      await waitUntil(timelines.backupVolumes, knows, limit(`the BackupVolume of ${volume} knows ${name}`));
      // Written before the BackupVolume's status, but read from another watch, which may be behind.
      await until(
        'backups',
        name,
        'its BackupVolume has asked for a sync',
        ({ spec }) => !!spec.syncRequestedAt,
      );
    },
    stop: () => Promise.all(Object.values(timelines).map((timeline) => timeline.stop())),
  };
};
