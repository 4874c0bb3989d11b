import { patchedObject } from '../../../faults/patched-object.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Setting } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';

/**
 * Changes a setting of Longhorn until the fault is healed. `before` is its expected value, which the heal restores.
 */
export const changeSetting = (
  { cluster, faults }: Context,
  { title, name, before, after }: { title: string; name: string; before: string; after: string },
) =>
  faults.inject(
    patchedObject.on(cluster, {
      ...{ resource: longhornResources.settings, namespace, name, title },
      before: { value: before },
      after: { value: after },
    }),
  );

/** The same for a setting with any value before. */
export const changeSettingFromAny = async (
  context: Context,
  { name, ...how }: { title: string; name: string; after: string },
) => {
  const { value: before = '' } = await context.cluster.get<Setting>(longhornResources.settings, {
    namespace,
    name,
  });
  return changeSetting(context, { ...how, name, before });
};
