import { chmod, copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startController } from '../kubernetes/controller.ts';
import type { EngineImage } from '../longhorn/objects.ts';
import type { Context } from '../manager/context.ts';
import { emulatorVersion, engineImageName } from '../modelled-on.ts';

type Status = NonNullable<EngineImage['status']>;

// By renaming: a command that is running keeps the file it was started from.
const put = async (path: string, write: (path: string) => Promise<void>): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await write(`${path}.new`);
  await chmod(`${path}.new`, 0o755);
  await rename(`${path}.new`, path);
};

/**
 * Puts the longhorn command where the default engine image's binary lies on this node. In Longhorn a DaemonSet of that image does it. What
 * lies there is a shell script that becomes the command: who wraps the binary puts a shell script in its place, and a Node that was just
 * started on the one must not read the other. The command is called longhorn too, which is what its process is known by.
 */
export const deployBinary = async (source: string, binary: string): Promise<void> => {
  const command = join(dirname(dirname(binary)), '.command/longhorn');
  await put(command, (path) => copyFile(source, path));
  await put(binary, (path) => writeFile(path, `#!/bin/sh\nexec '${command}' "$@"\n`));
};

const newStatus: Status = { ownerID: '', state: 'deploying', incompatible: false, nodeDeploymentMap: {}, version: emulatorVersion };

/** Tells the default engine image's object that this node has the binary; who makes the nodes complete calls it deployed. */
export const startEngineImageController = (context: Context, image: string): void => {
  const { datastore, node } = context;
  const reconcile = async (name: string): Promise<void> => {
    const found = datastore.engineImages.get(name);
    if (!found) return;
    if (found.spec.image !== image) {
      context.recorder(found, { type: 'Warning', reason: 'NotEmulated', message: `not emulated: an engine image other than ${image}` });
      return;
    }
    const status = { ...newStatus, ...found.status };
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
