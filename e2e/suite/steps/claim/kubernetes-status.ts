import { waitUntil } from '../../../history/expectation.ts';
import { longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { KubernetesStatus } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';
import { throwIfAny } from '../judging.ts';
import type { RestoreHandle } from '../restore/restore.ts';
import { step } from '../step.ts';
import { describeVolume } from '../volume/volume.ts';
import type { StatefulSetHandle } from './workload.ts';

type Pod = StatefulSetHandle['pods'][number];

const isThere = (of: KubernetesStatus | undefined, set: StatefulSetHandle, { pod, claim }: Pod): boolean =>
  of?.namespace === namespace &&
  of.pvcName === claim &&
  of.workloadsStatus?.length === 1 &&
  of.workloadsStatus.every(
    (each) =>
      each.podName === pod &&
      each.podStatus === 'Running' &&
      each.workloadName === set.name &&
      each.workloadType === 'StatefulSet',
  );

const podOf = (set: StatefulSetHandle, { volume }: BackupHandle): Pod => {
  const found = set.pods.find((each) => each.volume.name === volume.name);
  if (found === undefined) throw new Error(`volume ${volume.name} is not one of the StatefulSet`);
  return found;
};

/** The steps on what Longhorn says of the claim and the workload of a volume. */
export const kubernetesStatusSteps = {
  /** Its pods run. */
  'then.workloadKnown': step({
    sentence: 'Then each volume of the StatefulSet names its claim and its pod',
    action: async ({ timelines, timeouts }: Context, set: StatefulSetHandle) => {
      for (const each of set.pods) {
        const { name } = each.volume;
        await waitUntil(timelines.volumes, ({ status }) => isThere(status?.kubernetesStatus, set, each), {
          ...{ name, label: `volume ${name} names claim ${each.claim} and pod ${each.pod}` },
          describe: ({ status }) => JSON.stringify(status?.kubernetesStatus ?? 'no claim'),
          ...timeouts.workloadKnown,
        });
      }
    },
  }),
  'then.namesWorkload': step({
    sentence: 'Then {backup} names the claim and the pod of its volume, for Longhorn and in the store',
    parameters: (backup) => ({ backup }),
    action: async ({ timelines }: Context, backup: BackupHandle, set: StatefulSetHandle) => {
      const { name, label, volume } = backup;
      const config = await volume.target.store.config(volume.name, name);
      const found = {
        Longhorn: timelines.backups.current(name)?.status?.labels,
        'the store': config?.labels,
      };
      throwIfAny(
        Object.entries(found)
          .map(([where, labels]) => ({ where, text: labels?.KubernetesStatus ?? '{}' }))
          .filter(({ text }) => !isThere(JSON.parse(text), set, podOf(set, backup)))
          .map(({ where, text }) => `${where} has ${text}`),
        `${label} does not name its workload`,
      );
    },
  }),
  'then.remembersWorkload': step({
    sentence: 'Then {restore} says what claim and pod the backed-up volume had, and that it has none itself',
    parameters: (restore) => ({ restore }),
    action: async ({ timelines, timeouts }: Context, restore: RestoreHandle, set: StatefulSetHandle) => {
      const { name, label, backup } = restore;
      const { status } = await waitUntil(
        timelines.volumes,
        (each) => each.status?.restoreInitiated === true && each.status.restoreRequired !== true,
        { ...{ name, label: `${label} is restored`, describe: describeVolume }, ...timeouts.restored },
      );
      const of = status?.kubernetesStatus;
      const isFormer = Boolean(of?.lastPVCRefAt && of.lastPodRefAt) && !of?.pvName;
      if (!isFormer || !isThere(of, set, podOf(set, backup)))
        throw new Error(`${label} has ${JSON.stringify(of ?? 'no claim')}`);
    },
  }),
};
