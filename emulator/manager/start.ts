import { startBackupController } from '../controllers/backup/controller.ts';
import { startBackupTargetController } from '../controllers/backup-target.ts';
import { startBackupVolumeController } from '../controllers/backup-volume.ts';
import { deployBinary, startEngineImageController } from '../controllers/engine-image.ts';
import { startNodeController } from '../controllers/node.ts';
import { startReplicaController } from '../controllers/replica.ts';
import { startSnapshotController } from '../controllers/snapshot.ts';
import { startVolumeController } from '../controllers/volume.ts';
import { startVolumeAttachmentController } from '../controllers/volume-attachment.ts';
import type { Devices } from '../engine/device.ts';
import { serveProxy } from '../engine/proxy.ts';
import { createTargetClient } from '../engine/target-client.ts';
import { createUploads } from '../engine/upload.ts';
import type { Behaviour } from '../environment.ts';
import { type Access, createClient } from '../kubernetes/client.ts';
import type { Log } from '../log.ts';
import { engineBinary, engineImage } from '../modelled-on.ts';
import { bootstrap } from './bootstrap.ts';
import type { Context } from './context.ts';
import { openDatastore } from './datastore.ts';
import { createRecorder } from './events.ts';
import { startSettingController } from './settings.ts';

export type ManagerOptions = Behaviour & {
  access: Access;
  node: string;
  /** Address by which other managers reach this one's engine proxy. */
  ip: string;
  devices: Devices;
  dataRoot: string;
  /** The longhorn command to put on the node. */
  command: string;
  log: Log;
  signal: AbortSignal;
};

/** Starts a manager and resolves once it is ready; it then works until the signal aborts. */
export const startManager = async (options: ManagerOptions): Promise<void> => {
  const { access, node, ip, clock, dataRoot, log, signal } = options;
  const binary = engineBinary(engineImage, dataRoot);
  await deployBinary(options.command, binary);
  const uploads = createUploads(binary);
  let ready = false;
  await serveProxy({ host: ip, uploads, isReady: () => ready }, signal);
  const client = createClient(access);
  const datastore = await openDatastore({ client, resync: clock.resync, log, signal });
  const context: Context = { ...options, datastore, uploads, binary, recorder: createRecorder(client, { node, log }) };
  // Before any controller: who owns what is decided by the nodes that are known.
  await bootstrap(context, ip);

  startNodeController(context);
  startSettingController(context);
  startEngineImageController(context, engineImage);
  startVolumeController(context);
  startVolumeAttachmentController(context);
  startReplicaController(context);
  startSnapshotController(context);
  const target = createTargetClient(binary, clock.commandTimeout);
  startBackupTargetController(context, target);
  startBackupVolumeController(context, target);
  startBackupController(context);
  ready = true;
  log.info('Longhorn manager is ready', { node });
};
