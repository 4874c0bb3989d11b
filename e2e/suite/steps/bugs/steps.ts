import { describeShown, isShown, type Seen } from '../../../longhorn/bugs/bug.ts';
import { type BugId, bugs, hasBug } from '../../../longhorn/bugs/bugs.ts';
import { managerLabel } from '../../../longhorn/manager.ts';
import { explainError } from '../../../report/explain-error.ts';
import type { Context, ExpectedMessage } from '../context.ts';
import type { StepReport } from '../deps.ts';
import { seenIn } from './seen.ts';

type Deps = Pick<Context, 'report' | 'version' | 'expected'> & {
  timelines: Pick<Context['timelines'], 'backups' | 'volumes'>;
  store: Pick<Context['store'], 'driver'>;
};

/** The step with which a scenario plays a promise that a known bug breaks. */
export const createThenOfBugs = (context: Deps) => {
  const { report, version, store } = context;

  return {
    /**
     * Plays a promise, and returns whether it was kept. Where it is broken exactly as the ledger's row says
     * the scenario goes on, and ends as that known bug if nothing else fails; broken in another way it fails.
     * `race`: it shows only where Longhorn loses a race, so that a promise that was kept says nothing of the bug, as
     * on a kind of store on which it does not show.
     */
    keeps: async (
      id: BugId,
      promise: () => Promise<unknown>,
      { race = false }: { race?: boolean } = {},
    ): Promise<boolean> => {
      const { title, severity } = bugs[id];
      const listed = hasBug(id, version);
      const told = { id, title, severity, listed };
      const telling = report.step(`Then Longhorn keeps its promise: ${bugs[id].promise}`);
      try {
        await promise();
      } catch (error) {
        const seen = seenIn(context, error);
        if (seen === undefined || !isShown(bugs[id], seen)) {
          telling.failed(error);
          throw seen === undefined ? error : anotherSymptom(id, { error, seen });
        }
        context.expected.push(...saidBy(seen));
        report.bug({ ...told, kept: false, seen: explainError(error) });
        if (!listed) report.finding(unlisted(id, version, 'shows'));
        telling.knownBug(`it does not, as known bug ${id}`);
        return false;
      }
      if (race || bugs[id].notOn?.includes(store.driver)) {
        telling.done('it does');
        return true;
      }
      report.bug({ ...told, kept: true, seen: `Longhorn ${version} kept it` });
      if (listed) report.finding(unlisted(id, version, 'fixed'));
      telling.done(listed ? `it does: bug ${id} is fixed here` : 'it does');
      return true;
    },
  };
};

const anotherSymptom = (id: BugId, { error, seen }: { error: unknown; seen: Seen }): Error =>
  new Error(
    `this is not how known bug ${id} shows: that is known by this: ${bugs[id].symptoms.map(describeShown).join('; or ')}; and here ${describeShown(seen)}`,
    { cause: error },
  );

// What goes with the symptom is no failure of its own.
const saidBy = (seen: Seen): ExpectedMessage[] => {
  if (seen.of === 'history') return seen.says.map((id) => ({ id, of: seen.name, lasts: true }));
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
