import { shorten } from '../../../kube/shorten.ts';
import type { Context } from '../context.ts';
import { inTurn } from '../in-turn.ts';
import { PremiseLost, PromiseBroken, throwFor } from '../judging.ts';
import { runStep, step } from '../step.ts';
import { judgeEnds, type ReportedEnd } from './managers.ts';
import { judgeMessages, summarizeMessages, warningsOf } from './messages.ts';

/**
 * The last step of every scenario: puts all that Longhorn said since the mark through the catalogue of
 * messages, and fails for what has no place in it.
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
    throwFor(problems, `Longhorn ${version} said what this scenario has no place for`);
    return [...met, ...context.warned];
  },
  detail: (met) => summarizeMessages(met),
});

/**
 * A manager ended meanwhile over what somebody else does: what this scenario would have proven is not
 * provable beside that.
 */
class ManagerLost extends Error {
  override readonly name = 'ManagerLost';
  readonly verdict = { state: 'not-provable' } as const;
}

const describeEnds = (ends: readonly ReportedEnd[]): string => ends.map(({ text }) => `- ${text}`).join('\n');

/**
 * A last step of every scenario: no manager ended meanwhile, by itself or by somebody's hand. One that
 * panicked over a backup of another's is that one's failure, and makes this one not provable. Of a scenario
 * that has had something for itself alone only panics over its own backups count: while it waited for its
 * turn it was not at work, and others may have killed managers.
 */
export const noManagerEnded = step({
  sentence: 'Then no longhorn-manager was started again meanwhile',
  action: async (_: Context, ends: readonly ReportedEnd[]) => throwForEnds(ends),
});

/** Judges what no step of a scenario looked at: called when all of them have passed. */
export const conclude = (context: Context): Promise<void> =>
  inTurn([
    async () => void (await runStep(context, everyMessageIsKnown)),
    async () => {
      const ends = await endsThatCount(context);
      if (context.exclusive.size === 0 || ends.length > 0) await runStep(context, noManagerEnded, ends);
    },
  ]);

/** The step by which a scenario looks at the managers before its end: as the promise of a known bug. */
export const managerSteps = {
  /** No manager ended so far over what the scenario did. */
  'then.managersLive': step({
    sentence: 'Then no longhorn-manager has ended so far',
    action: async (context: Context) => throwForEnds(await endsThatCount(context)),
  }),
};

// A panic that was met as a known bug has been reported.
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
 * What a failure of a scenario's own steps is: a lost premise where a fault that was to be in force had ended by
 * its own bound, as on a slow machine; not provable where a manager had panicked over what somebody else did;
 * otherwise the failure as it is.
 */
export const reclassify = async (context: Context, error: unknown): Promise<unknown> => {
  const lapsed = context.faults.lapsed();
  if (lapsed.length > 0)
    return new PremiseLost(`${lapsed.join('; ')}; what was expected meanwhile says nothing`, {
      cause: error,
    });
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
