import { serveApi } from '../api/server.ts';
import { startBackupController } from '../controllers/backup/controller.ts';
import { startBackupTargetController } from '../controllers/backup-target/controller.ts';
import { startBackupVolumeController } from '../controllers/backup-volume/controller.ts';
import { startNodePlugin } from '../controllers/csi/node-plugin.ts';
import { startCsiSidecars } from '../controllers/csi/sidecar.ts';
import {
  applyDefaultResourceAtStart,
  startDefaultResourceController,
} from '../controllers/default-resource.ts';
import { startEngineImageController } from '../controllers/engine-image.ts';
import { startNodeController } from '../controllers/node.ts';
import { startRecurringJobController } from '../controllers/recurring-job/controller.ts';
import type { JobPodTemplate } from '../controllers/recurring-job/cron.ts';
import { startSnapshotController } from '../controllers/snapshot/controller.ts';
import { startSystemBackupController } from '../controllers/system-backup.ts';
import { startSystemRestoreController } from '../controllers/system-restore.ts';
import { startVolumeAttachmentController } from '../controllers/volume/attachment.ts';
import { startVolumeController } from '../controllers/volume/controller.ts';
import { startReplicaController } from '../controllers/volume/replica.ts';
import { type CommandFiles, deployBinary } from '../engine/binary.ts';
import type { Devices } from '../engine/device.ts';
import type { Mounts } from '../engine/mount.ts';
import { replicaAddress, serveProxy } from '../engine/proxy.ts';
import { createEngineQuery } from '../engine/query.ts';
import { createReplicaProcesses } from '../engine/replica-process.ts';
import { createUploads } from '../engine/upload.ts';
import type { Behaviour } from '../environment.ts';
import { type ApiAccess, createClient } from '../kubernetes/client.ts';
import { startController } from '../kubernetes/controller.ts';
import type { Log } from '../log.ts';
import { confirmationFlag, defaultEngineImage, emulatorVersion, engineBinaryPath } from '../modelled-on.ts';
import { bootstrap } from './bootstrap.ts';
import type { ManagerContext } from './context.ts';
import { openDatastore } from './datastore.ts';
import { createRecorder } from './events.ts';
import { createTargetClients } from './targets.ts';

const isBoolean = (value: string): boolean => value === 'true' || value === 'false';

/** The values of settings that the emulator accepts. Any other value causes an event, and status.applied is false. */
const accepted: Record<string, (value: string, version: string) => boolean> = {
  'current-longhorn-version': (value, version) => value === emulatorVersion(version),
  'default-engine-image': (value) => value === defaultEngineImage,
  // The method is that of new volumes, which the suite always names.
  'backup-compression-method': (value) => ['none', 'lz4', 'gzip'].includes(value),
  'backup-concurrent-limit': (value) => Number(value) >= 1,
  'allow-recurring-job-while-volume-detached': isBoolean,
  'auto-cleanup-recurring-job-backup-snapshot': isBoolean,
  'auto-cleanup-snapshot-after-on-demand-backup-completed': isBoolean,
  'auto-cleanup-system-generated-snapshot': isBoolean,
  'auto-cleanup-when-delete-backup': isBoolean,
  'concurrent-replica-rebuild-per-node-limit': (value) => /^\d+$/.test(value),
  'concurrent-volume-backup-restore-per-node-limit': (value) => /^\d+$/.test(value),
  'default-backup-block-size': (value) => ['2', '16'].includes(value),
  [confirmationFlag]: isBoolean,
  'disable-snapshot-purge': isBoolean,
  'failed-backup-ttl': (value) => /^\d+$/.test(value),
  'recurring-job-max-retention': (value) => Number(value) >= 1 && Number(value) <= 250,
  'recurring-successful-jobs-history-limit': (value) => /^\d+$/.test(value),
  'recurring-failed-jobs-history-limit': (value) => /^\d+$/.test(value),
  'restore-concurrent-limit': (value) => Number(value) >= 1,
  'restore-volume-recurring-jobs': isBoolean,
  'allow-volume-creation-with-degraded-availability': isBoolean,
};

/** Sets status.applied of each Setting. */
const startSettingController = (context: ManagerContext): void => {
  const { datastore } = context;
  const reconcile = async (name: string): Promise<void> => {
    const setting = datastore.settings.get(name);
    if (!setting) return;
    const applied = accepted[name]?.(setting.value, context.version) ?? false;
    if (setting.status?.applied === applied) return;
    await datastore.settings.updateStatus({ ...setting, status: { applied } });
    if (!applied) {
      context.recorder(setting, {
        type: 'Warning',
        reason: 'NotEmulated',
        message: `not emulated: setting ${name}=${setting.value}`,
      });
    }
  };
  datastore.settings.onEvent(startController({ name: 'setting', reconcile }, context));
};

type ManagerOptions = Behaviour & {
  /** Emulated version of Longhorn. */
  version: string;
  access: ApiAccess;
  node: string;
  /** Address at which other managers reach this manager's engine proxy. */
  ip: string;
  devices: Devices;
  /** Mounts of this process, for queries. Without them, every query runs the longhorn command. */
  mounts?: Mounts;
  dataRoot: string;
  /** Whether a kubelet is here, which mounts volumes for pods. */
  isOnNode?: true;
  job: JobPodTemplate;
  /** The longhorn command to install on the node. */
  command: CommandFiles;
  log: Log;
  signal: AbortSignal;
};

/** Starts a manager. Resolves once it is ready. It runs until the signal aborts. */
export const startManager = async (options: ManagerOptions): Promise<void> => {
  const { access, node, ip, clock, devices, mounts, dataRoot, log, signal } = options;
  await devices.thawAll();
  const binary = engineBinaryPath(defaultEngineImage, dataRoot);
  const deploy = () => deployBinary(options.command, binary);
  await deploy();
  const replicas = createReplicaProcesses({
    ...options,
    binary,
    onFail: (directory) => uploads.endWithReplica(directory),
  });
  const uploads = createUploads(binary, {
    mutant: options.mutant,
    onReplicaEnded: replicas.crash,
    isRunning: replicas.isRunning,
    replicaAddress: replicaAddress(ip),
  });
  let ready = false;
  await serveProxy({ host: ip, replicas: `${dataRoot}/replicas`, uploads, isReady: () => ready }, signal);
  const client = createClient(access);
  const datastore = await openDatastore({ client, resync: clock.resync, log, signal });
  const timeout = clock.commandTimeout;
  const targets = createTargetClients({
    client,
    binary,
    timeout,
    mutant: options.mutant,
    query: mounts && createEngineQuery({ ...options, mounts, binary, timeout }),
  });
  const context: ManagerContext = {
    ...options,
    datastore,
    uploads,
    targets,
    replicas,
    binary,
    recorder: createRecorder(client, { node, log }),
  };
  // Before any controller, because the known nodes decide which manager owns an object.
  await bootstrap(context, ip);

  startNodeController(context);
  startSettingController(context);
  startDefaultResourceController(context);
  startEngineImageController(context, defaultEngineImage, deploy);
  startVolumeController(context);
  startVolumeAttachmentController(context);
  startReplicaController(context);
  startSnapshotController(context);
  startBackupTargetController(context);
  startBackupVolumeController(context);
  startBackupController(context);
  startSystemBackupController(context, { image: options.job.image, kubernetes: client });
  startSystemRestoreController(context, options.job);
  startRecurringJobController(context, options.job);
  await startCsiSidecars(context, client);
  if (options.isOnNode) await startNodePlugin(context);
  await applyDefaultResourceAtStart(context);
  await serveApi({ datastore, node, ip, devices: options.devices, mutant: context.mutant, log, signal });
  ready = true;
  log.info('Longhorn manager is ready', { node });
};
