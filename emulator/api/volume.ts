import type { Backup, Replica, Volume, VolumeAttachment } from '../longhorn/objects.ts';
import type { Datastore } from '../manager/datastore.ts';
import { backupsOfVolume } from './backup.ts';
import { byType, goTime, type Links, type RancherResource, withLinks } from './resource.ts';

const snapshotActions = [
  'snapshotCRCreate',
  'snapshotCRGet',
  'snapshotCRList',
  'snapshotCRDelete',
  'snapshotBackup',
];

type Parts = {
  volume: Volume;
  replica: Replica | undefined;
  backups: Backup[];
  attachment: VolumeAttachment | undefined;
};

const toBackupStatus = ({ metadata, status }: Backup, replica: Replica | undefined) => ({
  id: metadata.name,
  snapshot: status?.snapshotName ?? '',
  progress: status?.progress ?? 0,
  backupURL: status?.url ?? '',
  error: status?.error ?? '',
  state: status?.state ?? '',
  replica: status?.replicaAddress ? (replica?.metadata.name ?? status.replicaAddress) : '',
  size: status?.size ?? '',
});

// The emulator has no Engine objects: what an engine is to the API follows from its volume.
const toController = ({ metadata, spec, status }: Volume) => ({
  name: `${metadata.name}-e-0`,
  hostId: status?.currentNodeID ?? '',
  running: status?.state === 'attached',
  image: spec.image,
  currentImage: status?.currentImage ?? '',
  size: spec.size,
  actualSize: String(status?.actualSize ?? 0),
  endpoint: status?.state === 'attached' && !status.frontendDisabled ? `/dev/longhorn/${metadata.name}` : '',
});

const toReplica = ({ metadata, spec, status }: Replica) => ({
  name: metadata.name,
  hostId: spec.nodeID,
  running: status?.currentState === 'running',
  diskPath: spec.diskPath,
  dataPath: `${spec.diskPath}/replicas/${spec.dataDirectoryName}`,
  dataEngine: 'v1',
});

const toAttachments = ({ spec, status }: VolumeAttachment) =>
  Object.fromEntries(
    Object.entries(spec.attachmentTickets ?? {}).map(([id, ticket]) => {
      const { satisfied = false, conditions = null } = status?.attachmentTicketStatuses?.[id] ?? {};
      const { type: attachmentType, nodeID, parameters = null } = ticket;
      return [id, { attachmentID: ticket.id, attachmentType, nodeID, parameters, satisfied, conditions }];
    }),
  );

const toResource = ({ volume, replica, backups, attachment }: Parts, links: Links): RancherResource => {
  const { metadata, spec, status } = volume;
  const { name } = metadata;
  const isFaulted = status?.robustness === 'faulted';
  return withLinks(
    {
      id: name,
      type: 'volume',
      name,
      created: goTime(metadata.creationTimestamp),
      size: spec.size,
      numberOfReplicas: spec.numberOfReplicas,
      frontend: spec.frontend,
      accessMode: spec.accessMode,
      dataEngine: 'v1',
      image: spec.image,
      backupCompressionMethod: spec.backupCompressionMethod,
      backupTargetName: spec.backupTargetName,
      state: status?.state ?? '',
      robustness: status?.robustness ?? '',
      currentImage: status?.currentImage ?? '',
      lastBackup: status?.lastBackup ?? '',
      lastBackupAt: status?.lastBackupAt ?? '',
      fromBackup: spec.fromBackup ?? '',
      restoreRequired: status?.restoreRequired ?? false,
      restoreInitiated: status?.restoreInitiated ?? false,
      standby: status?.isStandby ?? false,
      ready: !isFaulted && !status?.restoreRequired,
      conditions: byType(status?.conditions),
      controllers: [toController(volume)],
      replicas: replica ? [toReplica(replica)] : [],
      backupStatus: backups.map((backup) => toBackupStatus(backup, replica)),
      restoreStatus: [],
      purgeStatus: null,
      rebuildStatus: [],
      volumeAttachment: { volume: name, attachments: attachment ? toAttachments(attachment) : {} },
    },
    links,
    [
      ...['attach', 'detach'],
      ...(status?.isStandby ? ['activate'] : []),
      ...(isFaulted || status?.isStandby ? [] : snapshotActions),
    ],
  );
};

/** A volume as the API shows it, with all Backups of its own target. */
export const toVolume = (datastore: Datastore, volume: Volume, links: Links): RancherResource => {
  const { name } = volume.metadata;
  const parts: Parts = {
    volume,
    replica: datastore.replicas.list().find(({ spec }) => spec.volumeName === name),
    backups: backupsOfVolume(datastore, { volume: name, target: volume.spec.backupTargetName }),
    attachment: datastore.volumeAttachments.get(name),
  };
  return toResource(parts, links);
};
