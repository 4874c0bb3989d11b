import { type DryRun, tryCreation } from '../../../kube/dry-run.ts';
import type { KubernetesObject, Resource } from '../../../kube/objects.ts';
import {
  longhornApiVersion as apiVersion,
  backupLabels,
  longhornResources,
  longhornNamespace as namespace,
} from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import { runLabel } from '../created-objects.ts';
import type { SnapshotHandle, TargetHandle } from '../handles.ts';
import { mebibyte } from '../sizes.ts';

type WithSpec = KubernetesObject & { spec: Record<string, unknown> };

/** A new object that Longhorn would accept. It is used only in dry runs, and never created. */
export type Proposal = {
  /** Its name in sentences: "a recurring job". */
  label: string;
  resource: Resource;
  object: WithSpec;
};

/** What differs from the proposal: fields of its spec, or its name. */
export type Change = { spec?: Record<string, unknown>; name?: string };

const withChange = ({ object }: Proposal, { spec, name = object.metadata.name }: Change): WithSpec => ({
  ...object,
  metadata: { ...object.metadata, name },
  spec: { ...object.spec, ...spec },
});

/** Makes a dry run of the creation of a proposal with a change that should be refused. */
export const tryProposal = ({ cluster }: Context, proposal: Proposal, change: Change): Promise<DryRun> =>
  tryCreation(cluster, proposal.resource, withChange(proposal, change));

/** Makes a dry run of the creation of a proposal with a change. Returns the object as it would be stored. */
export const acceptedWith = ({ cluster }: Context, proposal: Proposal, change: Change): Promise<WithSpec> =>
  cluster.create<WithSpec>(proposal.resource, withChange(proposal, change), { dryRun: true });

const propose = (
  { run }: Context,
  kind: { label: string; kind: string; resource: Resource },
  { name, labels, spec }: { name: string; labels?: Record<string, string>; spec: Record<string, unknown> },
): Proposal => ({
  label: kind.label,
  resource: kind.resource,
  object: {
    apiVersion,
    kind: kind.kind,
    metadata: { name, namespace, labels: { ...runLabel(run), ...labels } },
    spec,
  },
});

/** Proposes a recurring job for the backups of a group without volumes. */
export const proposeJob = (context: Context): Proposal => {
  const name = context.uniqueName('job');
  const kind = { label: 'a recurring job', kind: 'RecurringJob', resource: longhornResources.recurringJobs };
  const spec = { name, task: 'backup', cron: '0 0 1 1 *', retain: 1, concurrency: 1, groups: [name] };
  return propose(context, kind, { name, spec: { ...spec, labels: {} } });
};

/** Proposes a volume of 64 MiB, empty or restored from the URL of a backup. */
export const proposeVolume = (
  context: Context,
  { target, fromBackup }: { target: TargetHandle; fromBackup?: string },
): Proposal => {
  const name = context.uniqueName('volume');
  const label = fromBackup === undefined ? 'a volume' : 'a volume from a backup';
  const spec = {
    ...{ size: String(64 * mebibyte), numberOfReplicas: 1, frontend: 'blockdev', accessMode: 'rwo' },
    ...{ backupTargetName: target.name, ...(fromBackup !== undefined && { fromBackup }) },
  };
  return propose(context, { label, kind: 'Volume', resource: longhornResources.volumes }, { name, spec });
};

/** Proposes a backup of a snapshot. */
export const proposeBackup = (context: Context, { name, volume }: SnapshotHandle): Proposal =>
  propose(
    context,
    { label: 'a backup', kind: 'Backup', resource: longhornResources.backups },
    {
      name: context.uniqueName('backup'),
      labels: backupLabels({ volume: volume.name, target: volume.target.name }),
      spec: { snapshotName: name, backupMode: 'incremental' },
    },
  );

/**
 * Proposes a backup target with an unused URL and the Secret of another target. The URL is an NFS URL, not one of a
 * bucket.
 */
export const proposeTarget = (context: Context, { store }: TargetHandle): Proposal =>
  propose(
    context,
    { label: 'a backup target', kind: 'BackupTarget', resource: longhornResources.backupTargets },
    {
      name: context.uniqueName('target'),
      spec: {
        backupTargetURL: 'nfs://nowhere.example:/corral',
        credentialSecret: store.credentialSecret,
        pollInterval: '5m0s',
      },
    },
  );

/** Proposes a system backup without a policy. */
export const proposeSystemBackup = (context: Context): Proposal =>
  propose(
    context,
    { label: 'a system backup', kind: 'SystemBackup', resource: longhornResources.systemBackups },
    { name: context.uniqueName('system'), spec: {} },
  );
