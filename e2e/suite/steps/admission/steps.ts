import { isDeepStrictEqual } from 'node:util';
import { type DryRun, tryChange, tryDeletion } from '../../../kube/dry-run.ts';
import { ApiError } from '../../../kube/errors.ts';
import { resources } from '../../../kube/resources.ts';
import { differsIn, toFinding } from '../../../longhorn/differences/differences.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Setting } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, SnapshotHandle, TargetHandle, VolumeHandle } from '../handles.ts';
import { step } from '../step.ts';
import { firstTarget } from '../target/steps.ts';
import {
  acceptedWith,
  type Change,
  type Proposal,
  proposeBackup,
  proposeJob,
  proposeSystemBackup,
  proposeTarget,
  proposeVolume,
  tryProposal,
} from './proposal.ts';

/** Throws unless a request was refused with `status`. The default is 422, for an invalid object. */
export const mustBeRefused = (answer: DryRun, status: 409 | 422 = 422): void => {
  if ('accepted' in answer) throw new Error('the API server would accept it, and must refuse it');
  if (answer.refused.status !== status)
    throw new Error(`it is refused, and not with ${status}: ${answer.refused.message}`);
};

const mustBeAccepted = async <T>(dryRun: Promise<T>): Promise<T> => {
  try {
    return await dryRun;
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.status >= 500) throw cause;
    throw new Error(`the API server must accept it: ${cause.message}`, { cause });
  }
};

// First makes sure that the unchanged proposal is accepted. Otherwise a refusal of a changed proposal proves nothing.
const acceptedProposal = async (context: Context, proposal: Proposal): Promise<Proposal> => {
  await mustBeAccepted(acceptedWith(context, proposal, {}));
  return proposal;
};

const mustBeStoredAs = async (
  context: Context,
  proposal: Proposal,
  { spec, into }: { spec: Record<string, unknown>; into: Record<string, unknown> },
): Promise<void> => {
  const found = (await mustBeAccepted(acceptedWith(context, proposal, { spec }))).spec;
  const wrong = Object.entries(into).filter(([field, value]) => !isDeepStrictEqual(found[field], value));
  if (wrong.length === 0) return;
  const fields = wrong.map(
    ([field, value]) => `${field} ${JSON.stringify(found[field])}, not ${JSON.stringify(value)}`,
  );
  throw new Error(`it would have ${fields.join(', ')}`);
};

const urlOf = (context: Context, { name, label }: BackupHandle): string => {
  const url = context.timelines.backups.current(name)?.status?.url;
  if (!url) throw new Error(`${label} has no URL yet`);
  return url;
};

/**
 * The steps on what Longhorn's admission webhooks refuse and correct. All requests are dry runs: nothing is created
 * or changed, but for the Secret in `when.secretSpoilt`.
 */
export const admissionSteps = {
  'given.newJob': step({
    sentence: 'Given a recurring job that Longhorn would accept',
    action: (context: Context) => acceptedProposal(context, proposeJob(context)),
  }),
  'given.newVolume': step({
    sentence: 'Given a volume that Longhorn would accept',
    opens: firstTarget,
    action: async (context: Context) =>
      acceptedProposal(context, proposeVolume(context, { target: await firstTarget(context) })),
  }),
  'given.newRestore': step({
    sentence: 'Given a volume from {backup} that Longhorn would accept',
    action: (context: Context, backup: BackupHandle) => {
      const { target } = backup.volume;
      return acceptedProposal(
        context,
        proposeVolume(context, { target, fromBackup: urlOf(context, backup) }),
      );
    },
  }),
  'given.newBackup': step({
    sentence: 'Given a backup of the snapshot that Longhorn would accept',
    action: (context: Context, snapshot: SnapshotHandle) =>
      acceptedProposal(context, proposeBackup(context, snapshot)),
  }),
  'given.newTarget': step({
    sentence: 'Given a backup target that Longhorn would accept, with the Secret of the first',
    opens: firstTarget,
    action: async (context: Context) =>
      acceptedProposal(context, proposeTarget(context, await firstTarget(context))),
  }),
  'given.newSystemBackup': step({
    sentence: 'Given a system backup that Longhorn would accept',
    action: (context: Context) => acceptedProposal(context, proposeSystemBackup(context)),
  }),
  /** Changes `NO_PROXY`, which has no effect on the store. */
  'when.secretSpoilt': step({
    sentence: 'When the Secret of the backup target is given a value that ends with {what}',
    action: async (context: Context, what: 'a blank' | 'a line end') => {
      const { credentialSecret: name } = (await firstTarget(context)).store;
      const value = `nowhere.example${what === 'a blank' ? ' ' : '\n'}`;
      await context.cluster.patch(
        resources.secrets,
        { namespace, name },
        { stringData: { NO_PROXY: value } },
      );
    },
  }),
  /** `change`: what differs from the accepted proposal. */
  'then.refused': step({
    sentence: 'Then {what} with {flaw} is rejected',
    parameters: ({ label }, flaw) => ({ what: label, flaw }),
    action: async (context: Context, proposal: Proposal, _flaw: string, change: Change) =>
      mustBeRefused(await tryProposal(context, proposal, change)),
  }),
  'then.systemBackupRefused': step({
    sentence: 'Then a system backup is rejected',
    action: async (context: Context) =>
      mustBeRefused(await tryProposal(context, proposeSystemBackup(context), {})),
  }),
  'then.nameTaken': step({
    sentence: 'Then {what} with the name of another volume is rejected',
    parameters: ({ label }) => ({ what: label }),
    action: async (context: Context, proposal: Proposal, { name }: VolumeHandle) =>
      mustBeRefused(await tryProposal(context, proposal, { name }), 409),
  }),
  /** `spec`: the fields that must keep these values. */
  'then.accepted': step({
    sentence: 'Then {what} with {feature} is accepted',
    parameters: ({ label }, feature) => ({ what: label, feature }),
    action: (context: Context, proposal: Proposal, _feature: string, spec: Record<string, unknown>) =>
      mustBeStoredAs(context, proposal, { spec, into: spec }),
  }),
  /** Longhorn changes these fields without a message. */
  'then.corrected': step({
    sentence: 'Then {what} with {flaw} is corrected',
    parameters: ({ label }, flaw) => ({ what: label, flaw }),
    action: (
      context: Context,
      proposal: Proposal,
      _flaw: string,
      how: { spec: Record<string, unknown>; into: Record<string, unknown> },
    ) => mustBeStoredAs(context, proposal, how),
  }),
  /** Some versions keep a concurrency of 0. */
  'then.limitsCorrected': step({
    sentence: 'Then a recurring job with a retain or a concurrency of 0 is corrected',
    action: async (context: Context, job: Proposal) => {
      const { report, version } = context;
      await mustBeStoredAs(context, job, { spec: { retain: 0 }, into: { retain: 1 } });
      const isKept = differsIn('job-concurrency-kept', version);
      await mustBeStoredAs(context, job, {
        spec: { concurrency: 0 },
        into: { concurrency: isKept ? 0 : 10 },
      });
      report.finding(toFinding('job-limits-corrected', `Longhorn ${version} took a retain of 0.`));
      if (isKept)
        report.finding(toFinding('job-concurrency-kept', `Longhorn ${version} took a concurrency of 0.`));
    },
  }),
  /** Reads the setting and does not change it. */
  'then.retainBounded': step({
    sentence: 'Then a recurring job may retain as many as the setting says, and not one more',
    action: async (context: Context, job: Proposal) => {
      const setting = { namespace, name: 'recurring-job-max-retention' };
      const { value } = await context.cluster.get<Setting>(longhornResources.settings, setting);
      const most = Number(value);
      await mustBeStoredAs(context, job, { spec: { retain: most }, into: { retain: most } });
      mustBeRefused(await tryProposal(context, job, { spec: { retain: most + 1 } }));
      return most;
    },
    detail: (most) => `${most}`,
  }),
  'then.sizeOfBackup': step({
    sentence: 'Then a volume from {backup} has the size of that, whatever is asked for',
    parameters: (_, backup) => ({ backup }),
    action: async (context: Context, restore: Proposal, { volume: { size } }: BackupHandle) => {
      for (const requested of [size / 2, size * 2])
        await mustBeStoredAs(context, restore, {
          spec: { size: String(requested) },
          into: { size: String(size) },
        });
      const { report, version } = context;
      report.finding(toFinding('restore-takes-stored-size', `Longhorn ${version} took ${size} bytes.`));
    },
  }),
  /** Also checks that other changes of the volume are accepted. */
  'then.changeRefused': step({
    sentence: 'Then a change of {what} is rejected',
    parameters: (_, what) => ({ what }),
    action: async (
      { cluster }: Context,
      { name }: VolumeHandle,
      _what: string,
      spec: Record<string, unknown>,
    ) => {
      const object = { namespace, name };
      const annotated = { metadata: { annotations: { 'corral.test/dry-run': 'yes' } } };
      await mustBeAccepted(cluster.patch(longhornResources.volumes, object, annotated, { dryRun: true }));
      mustBeRefused(await tryChange(cluster, [longhornResources.volumes, object], { spec }));
    },
  }),
  /** Because of a volume on standby. The target can be deleted again when no volume is on standby. */
  'then.targetFixed': step({
    sentence: 'Then the backup target can get no other URL or Secret, and cannot be deleted',
    action: async ({ cluster, report, version }: Context, { name, store }: TargetHandle) => {
      const target = { namespace, name };
      const { backupTargets } = longhornResources;
      for (const spec of [{ backupTargetURL: `${store.url}-other` }, { credentialSecret: 'another' }])
        mustBeRefused(await tryChange(cluster, [backupTargets, target], { spec }));
      mustBeRefused(await tryDeletion(cluster, backupTargets, target));
      report.finding(toFinding('standby-keeps-all-targets', `Longhorn ${version} keeps ${name}.`));
    },
  }),
  'then.targetFree': step({
    sentence: 'Then the backup target can be deleted again',
    action: ({ cluster, turn }: Context, { name }: TargetHandle) =>
      turn.changingTargets(async () =>
        mustBeAccepted(
          cluster.delete(longhornResources.backupTargets, { namespace, name }, { dryRun: true }),
        ),
      ),
  }),
};
