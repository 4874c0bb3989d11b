import { patchedObject } from '../../../faults/patched-object.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Setting } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';

/** Returns the value of a setting of Longhorn. */
export const readSetting = async ({ cluster }: Context, name: string): Promise<string> =>
  (await cluster.get<Setting>(longhornResources.settings, { namespace, name })).value ?? '';

/** Changes a setting of Longhorn until the fault is healed. The heal restores the value that it has now. */
export const changeSetting = async (
  context: Context,
  { title, name, after }: { title: string; name: string; after: string },
) =>
  context.faults.inject(
    patchedObject.on(context.cluster, {
      ...{ resource: longhornResources.settings, namespace, name, title },
      before: { value: await readSetting(context, name) },
      after: { value: after },
    }),
  );
