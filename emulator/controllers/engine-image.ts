import { access, constants } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
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

// In probes of Longhorn's pod: it is not ready after three failures, and installs the binary after a grace of 30 s.
const failures = { notReady: 3, restarted: 9 } as const;

/**
 * Looks after the binary on this node, in place of the probes of Longhorn's pod, until the context's signal aborts. Calls
 * `onChange` when the node is considered to lack it, and when it has it again.
 */
const keepBinary = async (
  { binary, clock, mutant, signal }: ManagerContext,
  { deploy, onChange }: { deploy: () => Promise<void>; onChange: (isThere: boolean) => void },
): Promise<void> => {
  for (let failed = 0; !signal.aborted; ) {
    await sleep(clock.engineImageProbe, undefined, { ref: false });
    const isThere = await access(binary, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere && failed >= failures.notReady) onChange(true);
    failed = isThere ? 0 : failed + 1;
    if (failed === failures.notReady) onChange(false);
    if (failed === failures.restarted && mutant !== 'missing-binary-not-put-back') await deploy();
  }
};

/**
 * Records in the default engine image's object whether this node has the binary. The manager that records the
 * last node sets the state `deployed`. `deploy` puts the binary on this node.
 */
export const startEngineImageController = (
  context: ManagerContext,
  image: string,
  deploy: () => Promise<void>,
): void => {
  const { datastore, node } = context;
  let isDeployed = true;
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
    const nodeDeploymentMap = { ...status.nodeDeploymentMap, [node]: isDeployed };
    const everywhere = datastore.nodes.list().every(({ metadata }) => nodeDeploymentMap[metadata.name]);
    const state = everywhere ? 'deployed' : 'deploying';
    if (status.nodeDeploymentMap[node] === isDeployed && status.state === state) return;
    await datastore.engineImages.updateStatus({
      ...found,
      status: { ...status, ownerID: status.ownerID || node, nodeDeploymentMap, state },
    });
  };
  const enqueue = startController({ name: 'engine-image', reconcile }, context);
  datastore.engineImages.onEvent(enqueue);
  datastore.nodes.onEvent(() => enqueue(engineImageName(image)));
  void keepBinary(context, {
    deploy,
    onChange: (isThere) => {
      isDeployed = isThere;
      enqueue(engineImageName(image));
    },
  });
};
