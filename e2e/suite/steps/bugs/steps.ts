import { describeSymptom, matchesSymptom, type ObservedSymptom } from '../../../longhorn/bugs/bug.ts';
import { type BugId, bugs, hasBug } from '../../../longhorn/bugs/bugs.ts';
import { managerLabel } from '../../../longhorn/manager.ts';
import { explainError } from '../../../report/explain-error.ts';
import type { Context, ExpectedMessage } from '../context.ts';
import type { StepReport } from '../deps.ts';
import { step } from '../step.ts';
import { symptomIn } from './seen.ts';

/** The step for a promise that a known bug breaks. */
export const bugSteps = {
  /**
   * Checks a promise and returns whether it was kept. If it is broken as the ledger says, the scenario goes on and
   * ends as that known bug; if broken differently, it fails. `race`: the bug shows only in a race, so a kept promise
   * proves nothing about it. The same holds for kinds of stores without the bug.
   */
  'then.orKnownBug': step({
    sentence: 'Then Longhorn keeps its promise: {promise}',
    parameters: (id, _, __ = {}) => ({
      promise: bugs[id].promise,
    }),
    action: async (
      context: Context,
      id: BugId,
      promise: () => Promise<unknown>,
      { race = false }: { race?: boolean } = {},
    ): Promise<boolean> => {
      const { report, version, own } = context;
      const { title, severity } = bugs[id];
      const listed = hasBug(id, version);
      const known = { id, title, severity, listed };
      try {
        await promise();
      } catch (error) {
        const seen = symptomIn(context, error);
        if (seen === undefined) throw error;
        if (!matchesSymptom(bugs[id], seen)) throw anotherSymptom(id, { error, seen });
        context.expected.push(...messagesOf(seen));
        report.bug({ ...known, kept: false, seen: explainError(error) });
        if (!listed) report.finding(unlisted(id, version, 'shows'));
        return false;
      }
      if (race || bugs[id].notOn?.includes(own.kind)) return true;
      report.bug({ ...known, kept: true, seen: `Longhorn ${version} kept it` });
      if (listed) report.finding(unlisted(id, version, 'fixed'));
      return true;
    },
    detail: (kept, { version, own }, id, _, { race = false } = {}) => {
      if (!kept) return { knownBug: `it does not, as known bug ${id}` };
      const saysNothing = race || bugs[id].notOn?.includes(own.kind) || !hasBug(id, version);
      return saysNothing ? 'it does' : `it does: bug ${id} is fixed here`;
    },
  }),
};

const anotherSymptom = (id: BugId, { error, seen }: { error: unknown; seen: ObservedSymptom }): Error =>
  new Error(
    `these are not the symptoms of known bug ${id}: expected ${bugs[id].symptoms.map(describeSymptom).join('; or ')}; got ${describeSymptom(seen)}`,
    { cause: error },
  );

// Messages that belong to the symptom are expected.
const messagesOf = (seen: ObservedSymptom): ExpectedMessage[] => {
  if (seen.of === 'history') {
    const { kind, name, state } = seen;
    const givenUp = kind === 'Volume' && state === 'faulted' ? (['restore-given-up'] as const) : [];
    return [...givenUp, ...seen.says].map((id) => ({ id, of: name, lasts: true }));
  }
  if (seen.of !== 'panic') return [];
  return seen.says.flatMap((id) => (id === undefined ? [] : [{ id, of: managerLabel }]));
};

const unlisted = (
  id: BugId,
  version: string,
  how: 'fixed' | 'shows',
): Parameters<StepReport['finding']>[0] => {
  const { title, versions, upstream } = bugs[id];
  const ledger = `The ledger of known bugs has ${id} for ${versions}.`;
  return {
    code: how === 'fixed' ? 'known-bug-fixed' : 'known-bug-not-listed',
    title:
      how === 'fixed' ? `Fixed here: ${title}` : `Not only in the versions that it is known for: ${title}`,
    detail: `${how === 'fixed' ? `Longhorn ${version} kept the promise` : `Longhorn ${version} broke the promise in the same way`}: ${bugs[id].promise}. ${ledger}`,
    ...(upstream !== 'not reported yet' && { link: upstream }),
  };
};
