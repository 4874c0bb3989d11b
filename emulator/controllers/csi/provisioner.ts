import { decodeBackupURL } from '../../backupstore/url.ts';
import { type Client, ignoreMissing } from '../../kubernetes/client.ts';
import { startController } from '../../kubernetes/controller.ts';
import type { ApiObject } from '../../kubernetes/objects.ts';
import type { Backup, PersistentVolumeClaim, StorageClass, Volume } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { readUnless, type SnapshotKinds } from '../../manager/datastore.ts';
import { defaultTargetName, jobLabels, longhornProvisioner, namespace } from '../../modelled-on.ts';
import { isLeader, onLeadership } from './leader.ts';

type VolumeSnapshot = ApiObject & {
  status?: { readyToUse?: boolean; boundVolumeSnapshotContentName?: string };
};

/** Without `contents`, the cluster does not have the kinds of CSI's snapshots. */
type Provisioner = {
  context: ManagerContext;
  client: Client;
  contents: SnapshotKinds['contents'] | undefined;
};

const snapshotOf = async ({ client }: Provisioner, name: string): Promise<VolumeSnapshot | undefined> =>
  client
    .request<VolumeSnapshot>(
      'GET',
      `/apis/snapshot.storage.k8s.io/v1/namespaces/${namespace}/volumesnapshots/${name}`,
    )
    .catch(ignoreMissing);

/** The backup that a VolumeSnapshot stands for, once that is ready, and its size as CSI knows it. */
const sourceOf = async (provisioner: Provisioner, name: string) => {
  const { status } = (await snapshotOf(provisioner, name)) ?? {};
  if (!status?.readyToUse) return {};
  const content = provisioner.contents?.get(status.boundVolumeSnapshotContentName ?? '');
  const { snapshotHandle, restoreSize } = content?.status ?? {};
  const id = snapshotHandle?.split('/').at(-1);
  // This manager may not have seen yet what made the VolumeSnapshot ready.
  const hasUrl = ({ status: seen }: Backup): boolean => Boolean(seen?.url);
  if (id === undefined) return {};
  return { backup: await readUnless(provisioner.context.datastore.backups, id, hasUrl), restoreSize };
};

const sizeOf = ({ spec }: PersistentVolumeClaim): number => Number(spec.resources.requests.storage);

/**
 * Why a claim is refused because of its size. csi-provisioner knows the size of a snapshot that was made by a class, and
 * Longhorn compares nothing, but for a clone of a volume (csi/controller_server.go, CreateVolume).
 */
const refusalOf = (
  { mutant }: ManagerContext,
  claim: PersistentVolumeClaim,
  { restoreSize = 0, volumeSize }: { restoreSize?: number | undefined; volumeSize: string },
): string | undefined => {
  const size = sizeOf(claim);
  if (size < restoreSize && mutant !== 'csi-smaller-claim-taken')
    return `requested volume size ${size} is less than the size ${restoreSize} for the source snapshot ${claim.spec.dataSource?.name}`;
  const isChecked = mutant === 'fixed:larger-claim-gets-smaller-volume' && volumeSize !== '';
  return isChecked && size > Number(volumeSize)
    ? `the requested size (${size} bytes) is different than the size of the backup (${volumeSize} bytes)`
    : undefined;
};

/**
 * The volume that the backup of a VolumeSnapshot is restored to. Throws as long as there is no such backup. As in Longhorn,
 * one without a URL is none, so that the volume is an empty one (known bug; controller_server.go, CreateVolume).
 */
const restoredVolume = async (
  provisioner: Provisioner,
  claim: PersistentVolumeClaim,
  of: StorageClass,
): Promise<Volume['spec']> => {
  const { context } = provisioner;
  const { datastore, mutant } = context;
  const { backup, restoreSize } = await sourceOf(provisioner, claim.spec.dataSource?.name ?? '');
  const { volumeName = '', volumeSize = '', url = '', backupTargetName = '' } = backup?.status ?? {};
  const isWaiting = url === '' && mutant === 'fixed:claim-of-unread-backup-is-empty';
  if (backup === undefined || isWaiting)
    throw new Error(`no backup for the claim ${claim.metadata.name} yet`);
  const refusal = refusalOf(context, claim, { restoreSize, volumeSize });
  if (refusal !== undefined) throw new Error(refusal);
  const source = datastore.volumes.get(volumeName);
  if (url === '' || source === undefined) {
    const parameters = { ...of.parameters, fromBackup: url };
    return volumeOfClass(context, claim, { ...of, parameters });
  }
  const newest = source.status?.lastBackup ?? '';
  const other = mutant === 'csi-claim-gets-newest-backup' && datastore.backups.get(newest)?.status?.url;
  return { ...source.spec, nodeID: '', size: volumeSize, fromBackup: other || url, backupTargetName };
};

/** The volume that the parameters of a class ask for. One from a backup has the size and the target of that. */
const volumeOfClass = async (
  { datastore, mutant }: ManagerContext,
  { spec }: PersistentVolumeClaim,
  { parameters: { backupTargetName = '', encrypted = 'false', fromBackup = '' } = {} }: StorageClass,
): Promise<Volume['spec']> => {
  const url = mutant === 'class-backup-ignored' ? '' : fromBackup;
  const { status } =
    (url && (await datastore.backups.fetch(decodeBackupURL(url).backup).catch(ignoreMissing))) || {};
  const target = mutant === 'class-target-ignored' ? '' : backupTargetName;
  return {
    ...{ accessMode: 'rwo', frontend: 'blockdev', image: '', nodeID: '', dataEngine: 'v1' },
    ...{ backupBlockSize: '2097152', backupCompressionMethod: 'lz4', numberOfReplicas: 3 },
    ...(url !== '' && { fromBackup: url }),
    ...(encrypted === 'true' && { encrypted: true }),
    size: status?.volumeSize ?? String(spec.resources.requests.storage),
    backupTargetName: status?.backupTargetName || target || defaultTargetName,
  };
};

const publishSecret = 'csi.storage.k8s.io/node-publish-secret';

/** Where the kubelet finds the key of an encrypted volume, as the class says. */
const keyRefOf = ({ parameters = {} }: StorageClass) => {
  const { [`${publishSecret}-name`]: name, [`${publishSecret}-namespace`]: of } = parameters;
  return name && { nodePublishSecretRef: { name, namespace: of } };
};

type Selected = { name: string; isGroup?: boolean };

const jobLabelsOf = ({ mutant }: ManagerContext, selector = '[]'): Record<string, string> =>
  Object.fromEntries(
    (JSON.parse(mutant === 'class-jobs-ignored' ? '[]' : selector) as Selected[]).map(({ name, isGroup }) => [
      isGroup ? jobLabels.ofGroup(name) : jobLabels.ofJob(name),
      'enabled',
    ]),
  );

/** Set by Kubernetes on a claim that a provisioner outside of it is to serve. */
const provisionerAnnotation = 'volume.kubernetes.io/storage-provisioner';

/** Makes a volume, and a PersistentVolume for it, which Kubernetes binds to the claim. */
const provision = async (provisioner: Provisioner, claim: PersistentVolumeClaim): Promise<void> => {
  const { context } = provisioner;
  const { datastore } = context;
  const { metadata, spec } = claim;
  const { storageClassName = '', dataSource } = spec;
  if (metadata.annotations?.[provisionerAnnotation] !== longhornProvisioner || spec.volumeName) return;
  if (dataSource !== undefined && dataSource.kind !== 'VolumeSnapshot') return;
  const of = datastore.storageClasses.get(storageClassName);
  if (of === undefined) throw new Error(`storageclass ${storageClassName} not found`);
  const { numberOfReplicas = '3', recurringJobSelector } = of.parameters ?? {};
  const name = `pvc-${metadata.uid}`;
  if (datastore.volumes.get(name) === undefined)
    await datastore.volumes.create({
      metadata: { name, labels: jobLabelsOf(context, recurringJobSelector) },
      spec: {
        ...(dataSource
          ? await restoredVolume(provisioner, claim, of)
          : await volumeOfClass(context, claim, of)),
        numberOfReplicas: Number(numberOfReplicas),
      },
    });
  if (datastore.persistentVolumes.get(name) !== undefined) return;
  await datastore.persistentVolumes.create({
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      // As asked for, whatever size the volume has got (csi/controller_server.go, CreateVolume).
      capacity: { storage: String(sizeOf(claim)) },
      claimRef: { namespace, name: metadata.name, uid: metadata.uid ?? '' },
      csi: { driver: longhornProvisioner, volumeHandle: name, ...keyRefOf(of) },
      persistentVolumeReclaimPolicy: of.reclaimPolicy,
      storageClassName,
    },
  } as Parameters<typeof datastore.persistentVolumes.create>[0]);
  const message = `Successfully provisioned volume ${name}`;
  context.recorder(claim, { type: 'Normal', reason: 'ProvisioningSucceeded', message });
};

/** Does what csi-provisioner does for the claims in Longhorn's namespace. */
export const startCsiProvisioner = (provisioner: Provisioner): void => {
  const { context } = provisioner;
  const claims = context.datastore.persistentVolumeClaims;
  const reconcile = async (name: string): Promise<void> => {
    const claim = claims.get(name);
    if (claim === undefined || !isLeader(context)) return;
    await provision(provisioner, claim).catch((error: Error) => {
      context.recorder(claim, { type: 'Warning', reason: 'ProvisioningFailed', message: error.message });
      throw error;
    });
  };
  const enqueue = startController({ name: 'csi-provisioner', reconcile }, context);
  claims.onEvent(enqueue);
  onLeadership(context, claims, enqueue);
};
