import semver from 'semver';
import { applyInLab } from '../../../faults/lab-faults.ts';
import { waitUntil } from '../../../history/expectation.ts';
import { follow } from '../../../history/watch.ts';
import { resources } from '../../../kube/cluster.ts';
import type { ContainerCommand } from '../../../kube/pods.ts';
import { type DaemonSet, lacksOfDaemonSet } from '../../../kube/rollout.ts';
import { engineImageOf, managerContainer as managerName } from '../../../longhorn/manager.ts';
import { lacksOfEngineImage } from '../../../longhorn/readiness.ts';
import { longhornResources, longhornNamespace as namespace, readNow } from '../../../longhorn/resources.ts';
import type { EngineImage, Volume } from '../../../longhorn/types.ts';
import { readVersion } from '../../../longhorn/version.ts';
import { restartsOf } from '../conclude/managers.ts';
import type { Context } from '../context.ts';
import type { VolumeHandle } from '../handles.ts';
import { InconclusiveError, throwIfAny } from '../judging.ts';
import { step } from '../step.ts';
import { type Inventory, keptOtherwise, lossesSince, takeInventory } from './kept.ts';

/** An upgrade that a step did: Longhorn's objects before it, the image of engines after it, and how often managers ended. */
type UpgradeHandle = { from: string; to: string; before: Inventory; image: string; restarts: number };

type ManagerSet = DaemonSet & {
  spec: { template: { spec: { containers: ContainerCommand[] } } };
};

/** Applies the manifest of the other Longhorn, as its documents say, and follows the managers and the engine's image. */
const upgrade = async (context: Context): Promise<UpgradeHandle> => {
  const { cluster, lab, upgradeManifest: manifest, scenarioSignal: signal, timelines, timeouts } = context;
  if (lab === undefined || manifest === undefined) throw new Error('there is no Longhorn to upgrade to');
  const before = await takeInventory(context);
  const from = context.version;
  const where = { namespace, signal };
  await using sets = await follow<ManagerSet>(cluster, resources.daemonSets, where);
  await using images = await follow<EngineImage>(cluster, longhornResources.engineImages, where);
  const { metadata, status } = sets.current(managerName) ?? {};
  await applyInLab({ lab, manifest });
  const applied = await readNow<ManagerSet>(cluster, resources.daemonSets, managerName);
  if (applied?.metadata.generation === metadata?.generation)
    throw new InconclusiveError(`${from} has the managers of this manifest: it was upgraded before`);
  const managers = await waitUntil(
    sets,
    (set) =>
      (set.metadata.generation ?? 0) > (metadata?.generation ?? 0) &&
      lacksOfDaemonSet(set, status?.desiredNumberScheduled ?? 1).length === 0,
    { name: managerName, label: 'each longhorn-manager is of the other Longhorn', ...timeouts.upgraded },
  );
  // Longhorn has its new version before it makes this image. The emulator has one for all versions.
  const wanted = engineImageOf(managers.spec.template.spec.containers);
  const { spec } = await waitUntil(
    images,
    (image) =>
      (wanted === undefined || image.spec?.image === wanted) && lacksOfEngineImage(image).length === 0,
    { label: `the engine ${wanted ?? ''} is on each node`, ...timeouts.upgraded },
  );
  context.version = await readVersion(cluster);
  if (context.version === from) throw new InconclusiveError(`Longhorn was ${from} before the upgrade, too`);
  const restarts = restartsOf(timelines.managers).length;
  return { from, to: context.version, before, image: spec?.image ?? '', restarts };
};

/** The steps that upgrade Longhorn. It cannot go back: what is judged after them is the other Longhorn. */
export const upgradeSteps = {
  'when.upgraded': step({
    sentence: 'When the manifest of another Longhorn is applied, and its managers are ready',
    action: upgrade,
    // Managers that start at once may end over each other's writes of settings (longhorn/longhorn#13204).
    detail: ({ from, to, restarts }) =>
      `${from} to ${to}${restarts === 0 ? '' : `; longhorn-managers ended at their start, ${restarts} times`}`,
  }),
  'then.upgradeKept': step({
    sentence: 'Then all objects are what they were before the upgrade',
    action: async (context: Context, { before }: UpgradeHandle) => {
      throwIfAny(await lossesSince(context.cluster, before), 'the upgrade has not kept all objects');
    },
    detail: (_, __, { before }) => `${before.length} objects`,
  }),
  /** There are policies since v1.13. */
  'then.keptByNumber': step({
    sentence: 'Then recurring jobs from before the upgrade still keep by number',
    action: async ({ cluster, version }: Context, { before }: UpgradeHandle) => {
      if (semver.lt(version, '1.13.0-0')) return;
      throwIfAny(await keptOtherwise(cluster, before), 'the upgrade has changed what recurring jobs keep');
    },
  }),
  /** Live, as the volume is attached. The emulator's volumes have no engine of their own. */
  'when.engineUpgraded': step({
    sentence: 'When the engine of the volume is upgraded',
    action: async (context: Context, volume: VolumeHandle, { image }: UpgradeHandle) => {
      const { cluster, timelines, timeouts } = context;
      const { name } = volume;
      await cluster.patch(longhornResources.volumes, { namespace, name }, { spec: { image } });
      await waitUntil(
        timelines.volumes,
        ({ spec, status }: Volume) => spec.image === image && status?.currentImage === image,
        { name, label: `${name} has the engine ${image}`, ...timeouts.upgraded },
      );
    },
    detail: (_, __, ___, { image }) => image,
  }),
};
