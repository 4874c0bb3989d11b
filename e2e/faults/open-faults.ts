import { BrokenStream, type Cluster } from '../kube/cluster.ts';
import type { Disruption } from '../longhorn/disruptions.ts';
import type { Fault, FaultEvent, Faults, InjectedFault } from './fault.ts';
import { faultNamed, faultsByLedgerName } from './faults.ts';
import { describeGoneLab } from './lab-faults.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';

/**
 * Creates the faults of a scenario. Each is written to the ledger before it is injected. `onEvent` is called for each
 * step in the life of a fault.
 */
export const openFaults = ({
  cluster,
  ledger,
  scenario,
  onEvent = () => {},
}: {
  cluster: Cluster;
  ledger: Ledger;
  /** The scenario that owns the faults. The failures of other scenarios at that time name it. */
  scenario?: string;
  onEvent?: (event: FaultEvent) => void;
}): Faults => {
  const inForce: InjectedFault[] = [];
  const waiting = new Set<InjectedFault>();
  const open = new Set<Fault>();
  return {
    inject: async (fault) => {
      const { title, data, handle } = fault;
      const kind = fault.kind.ledgerName;
      const entry = await ledger.record({
        server: cluster.server,
        kind,
        title,
        ...(scenario !== undefined && { scenario }),
        data,
      });
      const reported = reportFault({ id: entry.id, name: kind, title }, onEvent);
      let healing: Promise<string> | undefined;
      const injected: InjectedFault = {
        title,
        prove: () => reported('proved', fault.prove(), (proof) => proof),
        // Repeated calls share one heal. A failed heal can be tried again, for example by the cleanup.
        heal: () => {
          healing ??= reported('healed', healEntry(cluster, { ledger, entry }), (how) => how)
            .then((how) => {
              open.delete(fault);
              return how;
            })
            .finally(() => fault.settle?.())
            .catch((error: unknown) => {
              healing = undefined;
              throw error;
            });
          return healing;
        },
      };
      inForce.push(injected);
      if (fault.kind.onlyWaits) waiting.add(injected);
      open.add(fault);
      await reported('injected', fault.inject(), () => title);
      return Object.assign(injected, handle);
    },
    expired: () => [...open].flatMap((fault) => fault.expired?.() ?? []),
    // The latest first. Where a heal only waits for Longhorn, other faults may hold that up.
    healAll: () =>
      eachInTurn(
        inForce.toReversed().toSorted((a, b) => Number(waiting.has(a)) - Number(waiting.has(b))),
        (fault) => fault.heal(),
        'a fault could not be healed',
      ),
  };
};

/**
 * Refuses faults that the scenario does not declare. Without the declaration the scenario could not have been skipped
 * where the fault is not allowed or not possible.
 */
export const onlyDeclared = (
  faults: Faults,
  declared: { disruptions: readonly Disruption[]; needs: readonly string[] },
): Faults => ({
  ...faults,
  inject: async (fault) => {
    const { name, disruption, needs } = fault.kind;
    if (disruption !== undefined && !declared.disruptions.includes(disruption))
      throw new Error(
        `the scenario does not declare the disruption ${disruption}, and does this: ${fault.title}`,
      );
    if (needs !== undefined && !declared.needs.includes(name))
      throw new Error(`the scenario does not declare that it needs ${name}, and does this: ${fault.title}`);
    return faults.inject(fault);
  },
});

/** Undoes the faults that an earlier process left in force, the latest first. Returns one line for each. */
export const healLeftOver = async ({
  cluster,
  ledger,
}: {
  cluster: Cluster;
  ledger: Ledger;
}): Promise<string[]> => {
  const lines: string[] = [];
  await eachInTurn(
    ledger.open(),
    async (entry) => {
      lines.push(`${entry.title}: ${await healEntry(cluster, { ledger, entry })}`);
    },
    'a fault could not be healed',
  );
  return lines;
};

/** Closes the ledger entries of faults whose lab is gone. Returns one line for each. It needs no cluster. */
export const closeGone = async (ledger: Ledger): Promise<string[]> => {
  const lines: string[] = [];
  for (const entry of ledger.open()) {
    const gone = await describeGoneLab(entry);
    if (gone === undefined) continue;
    await ledger.healed(entry.id);
    lines.push(`${entry.title}: ${gone}`);
  }
  return lines;
};

/**
 * Undoes the faults that a run left in force, without its ledger: by labels with the run's id, and by the id in
 * volume names. Returns one line for each. Tries all kinds, then throws if one could not be checked. Faults that end
 * by themselves (a held process, a stalled server) are skipped.
 */
export const healByLabels = async (cluster: Cluster, run: string): Promise<string[]> => {
  const lines: string[] = [];
  const heals = [...faultsByLedgerName.values()].flatMap(([{ healByLabels }]) => healByLabels ?? []);
  await eachInTurn(
    heals,
    async (heal) => lines.push(...(await heal(cluster, run))),
    `not all of run ${run} could be looked for`,
  );
  return lines;
};

// Reports that a fault is in the ledger. Returns a function that reports how each operation on it ends.
const reportFault = (of: Pick<FaultEvent, 'id' | 'name' | 'title'>, notify: (event: FaultEvent) => void) => {
  notify({ ...of, phase: 'entered', detail: of.title });
  return async <T>(
    phase: FaultEvent['phase'],
    work: Promise<T>,
    toDetail: (result: T) => string,
  ): Promise<T> => {
    try {
      const result = await work;
      notify({ ...of, phase, detail: toDetail(result) });
      return result;
    } catch (error) {
      notify({
        ...of,
        phase: 'failed',
        detail: `not ${phase}: ${error instanceof Error ? error.message : String(error)}`,
      });
      throw error;
    }
  };
};

const healEntry = async (
  cluster: Cluster,
  { ledger, entry }: { ledger: Ledger; entry: LedgerEntry },
): Promise<string> => {
  const fault = faultNamed(entry.kind);
  if (fault === undefined)
    throw new Error(
      `the ledger names a kind of fault that this version does not know: ${entry.kind} (${entry.title})`,
    );
  if (entry.server !== cluster.server)
    throw new Error(`${entry.title}: that was done to ${entry.server}, and this is ${cluster.server}`);
  if (JSON.stringify(entry.data)?.includes('[redacted: '))
    throw new Error(
      `${entry.title}: the former value held a secret, which is not kept on disk: restore it by hand (${entry.kind})`,
    );
  const outcome = await whileStreamsBreak(() => fault.heal(cluster, entry.data));
  await ledger.healed(entry.id);
  return outcome;
};

// One restart of the API server breaks a stream once. Repeated restarts break the next stream too.
const mostBreaks = 3;

/**
 * Repeats a heal whose stream broke, because its result is unknown. Every heal can run twice, as it must after `kill
 * -9`.
 */
const whileStreamsBreak = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let breaks = 1; ; breaks += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof BrokenStream) || breaks >= mostBreaks) throw error;
    }
  }
};

const eachInTurn = async <T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
  message: string,
): Promise<void> => {
  const errors: unknown[] = [];
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, message);
};
