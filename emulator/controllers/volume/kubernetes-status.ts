import type { Backup, KubernetesStatus, Volume } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { persistentVolumeOf } from '../csi/claim-of.ts';

const label = 'KubernetesStatus';

/** The volume of a pod's claim. */
export const volumeOfPod = ({ datastore }: ManagerContext, pod: string): string[] => {
  const claims = datastore.workloadPods
    .get(pod)
    ?.spec.volumes?.map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName);
  return datastore.persistentVolumes
    .list()
    .flatMap(({ spec }) => (claims?.includes(spec.claimRef?.name) ? (spec.csi?.volumeHandle ?? []) : []));
};

/**
 * What Kubernetes has of a volume (kubernetes_pv_controller.go, syncKubernetesStatus). Of a workload that is gone, what
 * it was. Nothing for a volume that never had a PersistentVolume.
 */
export const kubernetesStatusOf = (
  context: ManagerContext,
  { metadata, status }: Volume,
): { kubernetesStatus?: KubernetesStatus } => {
  const found = persistentVolumeOf(context, metadata.name);
  if (found === undefined) return {};
  const { name = '', namespace = '' } = found.spec.claimRef ?? {};
  const { phase = '' } = found.status ?? {};
  const before =
    status?.kubernetesStatus?.pvName === found.metadata.name ? status.kubernetesStatus : undefined;
  const pods = context.datastore.workloadPods
    .list()
    .filter(({ spec }) => spec.volumes?.some((each) => each.persistentVolumeClaim?.claimName === name));
  const workloads = pods.map(({ metadata: { name: podName, ownerReferences: [owner] = [] }, status }) => ({
    ...{ podName, podStatus: status?.phase ?? '' },
    ...{ workloadName: owner?.name ?? '', workloadType: owner?.kind ?? '' },
  }));
  const former = before?.workloadsStatus ?? [];
  const isGone = workloads.length === 0 && former.length > 0;
  return {
    kubernetesStatus: {
      ...{ pvName: found.metadata.name, pvStatus: phase, lastPVCRefAt: '' },
      ...(phase === 'Bound' ? { namespace, pvcName: name } : { namespace: '', pvcName: '' }),
      workloadsStatus: isGone ? former : workloads,
      lastPodRefAt: isGone ? before?.lastPodRefAt || timestamp() : '',
    },
  };
};

/** The label that the API gives a backup of a volume (api/snapshot.go, SnapshotBackup). */
export const labelOfWorkload = (
  { mutant }: Pick<ManagerContext, 'mutant'>,
  { status }: Volume,
): Record<string, string> =>
  status?.kubernetesStatus === undefined || mutant === 'workload-not-backed-up'
    ? {}
    : { [label]: JSON.stringify(status.kubernetesStatus) };

/** What a restored volume has of that (volume_controller.go, checkAndInitVolumeRestore). */
export const restoredKubernetesStatus = (
  { mutant }: ManagerContext,
  { status }: Backup,
): { kubernetesStatus?: KubernetesStatus } => {
  const text = status?.labels?.[label];
  if (text === undefined || mutant === 'workload-not-restored') return {};
  const stored = JSON.parse(text) as KubernetesStatus;
  const at = status?.snapshotCreatedAt ?? '';
  return {
    kubernetesStatus: {
      ...stored,
      ...{ pvName: '', pvStatus: '' },
      ...(stored.pvcName !== '' && { lastPVCRefAt: stored.lastPVCRefAt || at }),
      ...(stored.workloadsStatus.length > 0 && { lastPodRefAt: stored.lastPodRefAt || at }),
    },
  };
};
