import { waitUntil } from '../../../history/expectation.ts';
import type { FatalState } from '../../../history/fatal-states.ts';
import type { Pod } from '../../../kube/pods.ts';
import { resources } from '../../../kube/resources.ts';
import { shorten } from '../../../kube/text.ts';
import { engineImageLabel } from '../../../longhorn/manager.ts';
import { longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import { untilKnown } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';
import { InconclusiveError, PromiseBroken, throwIfAny } from '../judging.ts';
import { runAllStages } from '../run-all-stages.ts';
import { runStep, step } from '../step.ts';
import { judgeEnds, type ReportedEnd, restartsOf } from './managers.ts';
import { judgeMessages, summarizeMessages, warningsOf } from './messages.ts';

/**
 * A last step of every scenario: classifies all messages of Longhorn with the catalogue, and fails if a message is
 * unknown or not expected.
 */
export const everyMessageIsKnown = step({
  sentence:
    'Then every message of Longhorn is known, and none reports a failure that the scenario did not cause',
  action: async (context: Context) => {
    const { timelines, made, own, expected, version, report } = context;
    context.warned.push(...(await warningsOf(context)));
    for (const { speaker, of, state, text, classification } of context.warned)
      if (classification.class === 'unclassified')
        report.finding({
          code: 'unknown-warning',
          title: `An event warns of what the catalogue of messages does not have: ${speaker}, ${state}`,
          detail: `Longhorn ${version}, ${of}: "${shorten(text, 700)}"`,
        });
    const { met, problems } = judgeMessages(timelines, {
      volumes: made.volumes,
      targets: own.targets.map(({ name }) => name),
      expected,
      version,
    });
    throwIfAny(problems, `Longhorn ${version} said what this scenario has no place for`);
    return [...met, ...context.warned];
  },
  detail: (met) => summarizeMessages(met),
});

/** A manager ended because of somebody else's action, so the result of this scenario is not provable. */
class ManagerLost extends Error {
  override readonly name = 'ManagerLost';
  readonly verdict = { state: 'not-provable' } as const;
}

const describeEnds = (ends: readonly ReportedEnd[]): string => ends.map(({ text }) => `- ${text}`).join('\n');

/**
 * A last step of every scenario: no manager was restarted. A panic over a backup of another scenario makes this one
 * not provable. In a scenario with exclusive things, only panics over its own backups count: while it waited for its
 * turn, others may have killed managers.
 */
export const noManagerEnded = step({
  sentence: 'Then no longhorn-manager was started again meanwhile',
  action: async (_: Context, ends: readonly ReportedEnd[]) => throwForEnds(ends),
});

/** Checks what no step of a scenario checks. Called after all steps have passed. */
export const conclude = (context: Context): Promise<void> =>
  runAllStages([
    async () => void (await runStep(context, everyMessageIsKnown)),
    async () => {
      const ends = await endsThatCount(context);
      if (context.exclusive.size === 0 || ends.length > 0) await runStep(context, noManagerEnded, ends);
    },
  ]);

/** The step that checks the managers before the end, for the promise of a known bug. */
export const managerSteps = {
  'then.managersLive': step({
    sentence: 'Then no longhorn-manager has ended so far',
    action: async (context: Context) => throwForEnds(await endsThatCount(context)),
  }),
  /** The managers may only be lost by the scenario itself: it must have their exclusive use. */
  'then.knownUnharmed': step({
    sentence: 'Then Longhorn knows {backup}, Completed, and no longhorn-manager has ended over it',
    action: async (context: Context, backup: BackupHandle) => {
      const { managers } = context.timelines;
      const restarted: FatalState<Pod> = {
        timeline: managers,
        because: () => restartsOf(managers)[0],
        describe: ({ status }) =>
          (status?.containerStatuses ?? [])
            .map(({ name, restartCount = 0 }) => `${name} was started again ${restartCount} times`)
            .join(', '),
      };
      try {
        await untilKnown(context, backup, [restarted]);
      } finally {
        throwForEnds(await endsThatCount(context));
      }
    },
  }),
  'then.managersEndAgain': step({
    sentence: 'Then a longhorn-manager ends over it once more',
    action: async ({ timelines, timeouts }: Context) => {
      const { managers } = timelines;
      await waitUntil(managers, () => restartsOf(managers).length > 1, {
        label: 'a longhorn-manager was started again twice, or two were',
        ...timeouts.managersReady,
      });
    },
  }),
  'then.managersReady': step({
    sentence: 'Then each longhorn-manager is ready again',
    action: async ({ timelines, timeouts }: Context) => {
      const { managers } = timelines;
      for (const { metadata } of managers.objects())
        await waitUntil(
          managers,
          ({ status }) => status?.containerStatuses?.every(({ ready }) => ready === true) === true,
          {
            name: metadata.name,
            label: `the containers of ${metadata.name} are ready`,
            ...timeouts.managersReady,
          },
        );
    },
  }),
};

// A panic that is a known bug has already been reported.
const endsThatCount = async (context: Context): Promise<ReportedEnd[]> => {
  const { exclusive, expected } = context;
  const isKnown = ({ whose, panic }: ReportedEnd): boolean =>
    whose === 'own' && expected.some(({ id }) => id === panic);
  return (await judgeEnds(context)).filter(
    (end) => !isKnown(end) && (exclusive.size === 0 || end.whose === 'own'),
  );
};

const throwForEnds = (ends: readonly ReportedEnd[]): void => {
  if (ends.length === 0) return;
  if (ends.some(({ whose }) => whose === 'own'))
    throw new PromiseBroken(`a longhorn-manager ended over what this scenario did:\n${describeEnds(ends)}`, {
      of: 'panic',
      says: ends.map(({ panic }) => panic),
    });
  if (ends.every(({ whose }) => whose === 'others'))
    throw new ManagerLost(
      `a longhorn-manager ended over what somebody else did, so this is no verdict on Longhorn:\n${describeEnds(ends)}`,
    );
  throw new Error(
    `a longhorn-manager ended, which this scenario did not bring about:\n${describeEnds(ends)}`,
  );
};

/**
 * The pods of engine images that the kubelet has started again since the scenario began, as it does on a busy machine.
 * Each that ends takes the engine's program from its node (engine_image_controller.go, createEngineImageDaemonSetSpec).
 */
const restartedEngineImages = async ({ cluster, timelines, exclusive }: Context): Promise<string[]> => {
  if (exclusive.has('nodes')) return [];
  const begun = timelines.managers.entries[0]?.at ?? Number.POSITIVE_INFINITY;
  const { items } = await cluster.list<Pod>(resources.pods, { namespace, labelSelector: engineImageLabel });
  return items
    .filter(({ status }) =>
      status?.containerStatuses?.some(
        ({ restartCount = 0, state }) =>
          restartCount > 0 && !(Date.parse(state?.running?.startedAt ?? '') < begun),
      ),
    )
    .map(({ metadata, spec }) => `${metadata.name} on ${spec?.nodeName ?? 'no node'}`);
};

/**
 * Returns the error to report for a failed scenario: `InconclusiveError` if a fault ended by its own time limit, or a pod
 * of an engine image was started again, as on a slow machine; not provable if a manager panicked over somebody else's
 * action; otherwise the error unchanged.
 */
export const reclassify = async (context: Context, error: unknown): Promise<unknown> => {
  const expired = context.faults.expired();
  if (expired.length > 0)
    return new InconclusiveError(`${expired.join('; ')}; what was expected meanwhile says nothing`, {
      cause: error,
    });
  const restarted = await restartedEngineImages(context).catch(() => []);
  if (restarted.length > 0)
    return new InconclusiveError(
      `a pod of an engine image was started again meanwhile (${restarted.join(', ')}), which takes the engine's program from its node: what failed says nothing of Longhorn`,
      { cause: error },
    );
  if (context.exclusive.size > 0 || error instanceof ManagerLost) return error;
  const ends = await judgeEnds(context).catch(() => []);
  if (ends.length === 0 || ends.some(({ whose }) => whose !== 'others')) return error;
  return new ManagerLost(
    `a longhorn-manager ended meanwhile over what somebody else did, so this is no verdict on Longhorn:\n${describeEnds(ends)}`,
    {
      cause: error,
    },
  );
};
