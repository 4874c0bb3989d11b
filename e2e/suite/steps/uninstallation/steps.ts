import type { InjectedFault } from '../../../faults/fault.ts';
import { uninstallation } from '../../../faults/uninstallation.ts';
import { timeoutOf, waitUntil } from '../../../history/expectation.ts';
import { follow } from '../../../history/watch.ts';
import { resources } from '../../../kube/cluster.ts';
import { isConditionTrue } from '../../../kube/objects.ts';
import { isJobOver, type Job } from '../../../longhorn/job-types.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import { runLabel } from '../created-objects.ts';
import { throwIfAny } from '../judging.ts';
import { step } from '../step.ts';

/** An uninstallation that a step began, the name of its Job, the nodes that Longhorn had, and the log so far. */
type UninstallationHandle = InjectedFault & { job: string; nodes: string[]; log(): Promise<string> };

const begin = async ({ cluster, faults, run, uniqueName }: Context): Promise<UninstallationHandle> =>
  faults.inject(await uninstallation.on(cluster, { job: uniqueName('uninstall'), labels: runLabel(run) }));

/** Returns when the Job has ended: whether it is Complete, and the last lines of its log. */
const untilEnded = async (
  { cluster, scenarioSignal: signal, timeouts }: Context,
  { job: name, log }: UninstallationHandle,
): Promise<{ isComplete: boolean; log: string }> => {
  const fieldSelector = `metadata.name=${name}`;
  await using jobs = await follow<Job>(cluster, resources.jobs, { namespace, fieldSelector, signal });
  const ends = waitUntil(jobs, isJobOver, { name, label: `Job ${name} has ended`, ...timeouts.uninstalled });
  const cause = await timeoutOf(ends);
  const said = (await log()).slice(-1_500);
  if (cause !== undefined) throw new Error(`the uninstallation does not end:\n${said}`, { cause });
  return { isComplete: isConditionTrue(await ends, 'Complete'), log: said };
};

const goneKinds = [
  ...(['volumes', 'engines', 'replicas', 'snapshots', 'backups', 'backupVolumes', 'backupTargets'] as const),
  ...(['systemBackups', 'recurringJobs', 'nodes', 'instanceManagers', 'engineImages'] as const),
];

/** The steps that uninstall Longhorn and install it again. */
export const uninstallationSteps = {
  'then.uninstallationRefused': step({
    sentence: 'Then Longhorn is not uninstalled without the setting deleting-confirmation-flag, and says so',
    action: async (context: Context) => {
      const refused = await begin(context);
      const { isComplete, log } = await untilEnded(context, refused);
      await refused.heal();
      if (isComplete) throw new Error(`Longhorn was uninstalled:\n${log}`);
      if (!log.includes('deleting-confirmation-flag'))
        throw new Error(`the uninstallation failed, and does not say why:\n${log}`);
    },
  }),
  /** Longhorn empties the URLs of the backup targets before they go. */
  'when.uninstalled': step({
    sentence: 'When Longhorn is uninstalled',
    action: (context: Context) => {
      context.expected.push(
        ...context.own.targets.map(({ name }) => ({ id: 'target-without-url' as const, of: name })),
      );
      return begin(context);
    },
    detail: ({ job }) => job,
  }),
  'then.uninstalled': step({
    sentence: 'Then the uninstallation ends, and all objects of Longhorn but its settings are gone',
    action: async (context: Context, uninstalled: UninstallationHandle) => {
      const { isComplete, log } = await untilEnded(context, uninstalled);
      if (!isComplete) throw new Error(`the uninstallation failed:\n${log}`);
      const left: string[] = [];
      for (const kind of goneKinds) {
        const { items } = await context.cluster.list<Job>(longhornResources[kind], { namespace });
        left.push(...items.map(({ metadata }) => `${metadata.name} (${longhornResources[kind].plural})`));
      }
      throwIfAny(left, 'the uninstallation has left objects of Longhorn');
      return uninstalled.prove();
    },
    detail: (evidence) => evidence,
  }),
  'when.installedAgain': step({
    sentence: 'When Longhorn is installed again',
    action: (_: Context, uninstalled: UninstallationHandle) => uninstalled.heal(),
    detail: (how) => how,
  }),
};
