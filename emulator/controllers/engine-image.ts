import { startController } from '../kubernetes/controller.ts';
import type { EngineImage } from '../longhorn/objects.ts';
import type { ManagerContext } from '../manager/context.ts';
import { emulatorVersion, engineImageName } from '../modelled-on.ts';
import { removeFinalizer } from './finalizer.ts';

type Status = NonNullable<EngineImage['status']>;

const newStatus: Omit<Status, 'version'> = {
  ownerID: '',
  state: 'deploying',
  incompatible: false,
  nodeDeploymentMap: {},
};

/**
 * Records in the default engine image's object that this node has the binary. The manager that records the
 * last node sets the state `deployed`.
 */
export const startEngineImageController = (context: ManagerContext, image: string): void => {
  const { datastore, node } = context;
  const reconcile = async (name: string): Promise<void> => {
    const found = datastore.engineImages.get(name);
    if (!found) return;
    if (found.metadata.deletionTimestamp)
      return found.status?.ownerID === node ? removeFinalizer(datastore.engineImages, found) : undefined;
    if (found.spec.image !== image) {
      context.recorder(found, {
        type: 'Warning',
        reason: 'NotEmulated',
        message: `not emulated: an engine image other than ${image}`,
      });
      return;
    }
    const status: Status = { ...newStatus, version: emulatorVersion(context.version), ...found.status };
    const nodeDeploymentMap = { ...status.nodeDeploymentMap, [node]: true };
    const everywhere = datastore.nodes.list().every(({ metadata }) => nodeDeploymentMap[metadata.name]);
    const state = everywhere ? 'deployed' : 'deploying';
    if (status.nodeDeploymentMap[node] && status.state === state) return;
    await datastore.engineImages.updateStatus({
      ...found,
      status: { ...status, ownerID: status.ownerID || node, nodeDeploymentMap, state },
    });
  };
  const enqueue = startController({ name: 'engine-image', reconcile }, context);
  datastore.engineImages.onEvent(enqueue);
  datastore.nodes.onEvent(() => enqueue(engineImageName(image)));
};
