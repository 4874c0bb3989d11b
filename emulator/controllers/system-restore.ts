import { alreadyExists } from '../kubernetes/client.ts';
import { startController } from '../kubernetes/controller.ts';
import { ownerReference, withCondition } from '../kubernetes/objects.ts';
import type { SystemRestore } from '../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../manager/context.ts';
import { isResponsibleFor, takeOwnership } from '../manager/ownership.ts';
import { serviceAccount } from '../manifests/access.ts';
import { defaultTargetName } from '../modelled-on.ts';
import type { JobPodTemplate } from './recurring-job/cron.ts';

type Status = NonNullable<SystemRestore['status']>;

const newStatus: Status = { ownerID: '', state: '', sourceURL: '', conditions: null };

const engineBinaries = '/var/lib/longhorn/engine-binaries/';

// As v1.12.1 makes it, but for more environment variables.
const jobOf = (restore: SystemRestore, { image, environment }: JobPodTemplate, node: string) => {
  const { name } = restore.metadata;
  const container = {
    name: `longhorn-system-rollout-${name}`,
    image,
    command: ['longhorn-manager', 'system-rollout', name],
    env: [
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'NODE_NAME', value: node },
      ...Object.entries(environment).map(([key, value]) => ({ name: key, value })),
    ],
    volumeMounts: [{ name: 'engine', mountPath: engineBinaries }],
    // For the mount of the store.
    securityContext: { privileged: true },
  };
  const spec = {
    serviceAccountName: serviceAccount,
    containers: [container],
    volumes: [{ name: 'engine', hostPath: { path: engineBinaries } }],
    restartPolicy: 'OnFailure',
    nodeSelector: { 'kubernetes.io/hostname': node },
  };
  return {
    metadata: { name: container.name, ownerReferences: [ownerReference(restore)] },
    spec: { backoffLimit: 3, template: { metadata: { name }, spec } },
  };
};

// Without it, Longhorn makes no Job (system_restore_controller.go, CreateSystemRestoreJob).
const readConfig = async (context: ManagerContext, { spec }: SystemRestore): Promise<void> => {
  const { datastore, targets } = context;
  const target = await datastore.backupTargets.fetch(defaultTargetName);
  const { metadata, status } = await datastore.systemBackups.fetch(spec.systemBackup);
  const place = { version: status?.version ?? '', name: metadata.name };
  const client = await targets.open(target);
  if ((await client.systemBackup(target.spec.backupTargetURL, place)) === undefined)
    throw new Error(`cannot find the config of system backup ${metadata.name}`);
};

const reconcile = async (context: ManagerContext, pod: JobPodTemplate, name: string): Promise<void> => {
  const { datastore, mutant, node } = context;
  const found = datastore.systemRestores.get(name);
  if (found === undefined || found.metadata.deletionTimestamp || !isResponsibleFor(context, found)) return;
  if ((found.status?.state ?? '') !== '') return;
  const restore = await takeOwnership(context, found, { collection: datastore.systemRestores, newStatus });
  if (restore === undefined) return;
  const failure = await readConfig(context, restore).catch((error: Error) => error);
  const isRead = !(failure instanceof Error) || mutant === 'system-restore-reads-anything';
  const message = `failed to create system restore Job: ${failure instanceof Error ? failure.message : ''}`;
  const failed = {
    ...({ type: 'Error', status: 'True', message } as const),
    reason: `FailedCreating: Job for ${name}`,
  } as const;
  const next: Partial<Status> = isRead
    ? { state: 'Pending' }
    : { state: 'Error', conditions: withCondition(null, failed, timestamp()) };
  if (isRead)
    await datastore.jobs.create(jobOf(restore, pod, node)).catch((error) => {
      if (!alreadyExists(error)) throw error;
    });
  const status = { ...newStatus, ...restore.status, ...next };
  await datastore.systemRestores.updateStatus({ ...restore, status });
};

/** Makes the Jobs that restore system backups. */
export const startSystemRestoreController = (context: ManagerContext, pod: JobPodTemplate): void => {
  const enqueue = startController(
    { name: 'system-restore', reconcile: (name) => reconcile(context, pod, name) },
    context,
  );
  context.datastore.systemRestores.onEvent(enqueue);
};
