import { type Client, ignoreMissing } from '../../kubernetes/client.ts';
import { startController } from '../../kubernetes/controller.ts';
import type { ApiObject } from '../../kubernetes/objects.ts';
import type { PersistentVolumeClaim } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { openClaims, type SnapshotKinds } from '../../manager/datastore.ts';
import { longhornProvisioner, namespace } from '../../modelled-on.ts';
import { isLeader } from './leader.ts';

type VolumeSnapshot = ApiObject & {
  status?: { readyToUse?: boolean; boundVolumeSnapshotContentName?: string };
};

type Provisioner = Pick<SnapshotKinds, 'contents'> & { context: ManagerContext; client: Client };

const snapshotOf = async ({ client }: Provisioner, name: string): Promise<VolumeSnapshot | undefined> =>
  client
    .request<VolumeSnapshot>(
      'GET',
      `/apis/snapshot.storage.k8s.io/v1/namespaces/${namespace}/volumesnapshots/${name}`,
    )
    .catch(ignoreMissing);

/** The backup that a VolumeSnapshot stands for, once that is ready. */
const backupOf = async (provisioner: Provisioner, name: string) => {
  const { status } = (await snapshotOf(provisioner, name)) ?? {};
  if (!status?.readyToUse) return undefined;
  const content = provisioner.contents.get(status.boundVolumeSnapshotContentName ?? '');
  const id = content?.status?.snapshotHandle?.split('/').at(-1);
  return provisioner.context.datastore.backups.get(id ?? '');
};

/** Makes a volume from the backup, and a PersistentVolume for it, which Kubernetes binds to the claim. */
const provision = async (provisioner: Provisioner, claim: PersistentVolumeClaim): Promise<void> => {
  const { datastore, mutant } = provisioner.context;
  const { metadata, spec } = claim;
  const { storageClassName = '', dataSource } = spec;
  const of = datastore.storageClasses.get(storageClassName);
  if (of?.provisioner !== longhornProvisioner || dataSource?.kind !== 'VolumeSnapshot' || spec.volumeName)
    return;
  const backup = await backupOf(provisioner, dataSource.name);
  const { volumeName = '', volumeSize = '', url = '', backupTargetName } = backup?.status ?? {};
  if (backup === undefined || url === '') throw new Error(`no backup for the claim ${metadata.name} yet`);
  const name = `pvc-${metadata.uid}`;
  const source = datastore.volumes.get(volumeName);
  if (source === undefined)
    throw new Error(`not emulated: a claim of a backup of ${volumeName}, which is gone`);
  if (datastore.volumes.get(name) === undefined) {
    const newest = datastore.volumes.get(volumeName)?.status?.lastBackup ?? '';
    const other = mutant === 'csi-claim-gets-newest-backup' && datastore.backups.get(newest)?.status?.url;
    await datastore.volumes.create({
      metadata: { name },
      spec: {
        ...source.spec,
        ...{
          nodeID: '',
          size: volumeSize,
          fromBackup: other || url,
          backupTargetName: backupTargetName ?? '',
        },
        numberOfReplicas: Number(of.parameters?.numberOfReplicas ?? 3),
      },
    });
  }
  if (datastore.persistentVolumes.get(name) !== undefined) return;
  await datastore.persistentVolumes.create({
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: volumeSize },
      claimRef: { namespace, name: metadata.name, uid: metadata.uid ?? '' },
      csi: { driver: longhornProvisioner, volumeHandle: name },
      persistentVolumeReclaimPolicy: of.reclaimPolicy,
      storageClassName,
    },
  } as Parameters<typeof datastore.persistentVolumes.create>[0]);
};

/** Does what csi-provisioner does for the claims of VolumeSnapshots in Longhorn's namespace. */
export const startCsiProvisioner = async (
  context: ManagerContext,
  client: Client,
  { contents }: Pick<SnapshotKinds, 'contents'>,
): Promise<void> => {
  const claims = await openClaims({ client, log: context.log, signal: context.signal });
  const reconcile = async (name: string): Promise<void> => {
    const claim = claims.get(name);
    if (claim !== undefined && isLeader(context)) await provision({ contents, context, client }, claim);
  };
  claims.onEvent(startController({ name: 'csi-provisioner', reconcile }, context));
};
