import { BrokenStream, type Cluster } from '../kube/cluster.ts';
import { healers } from './healers.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { type FaultEvent, tellFault } from './tell-fault.ts';
import { goneWithItsLab } from './undo-in-lab.ts';

/** Something done to the cluster on purpose. How to undo it is known by its kind and data alone (see healers.ts). */
export type Fault = {
  kind: keyof typeof healers;
  /** As a reader would say it: "the deletion of backup b is held open". */
  title: string;
  /** JSON. */
  data: unknown;
  inject(): Promise<void>;
  /** Evidence, as a sentence, that it is in force now; throws when it is not. */
  prove(): Promise<string>;
  /** Called after the heal, so that nothing this process started for the fault stays behind. */
  settle?(): Promise<void>;
};

/** A fault in force. */
export type Injected = { title: string; prove(): Promise<string>; heal(): Promise<string> };

/** Faults of one scenario; what is in force is healed in reverse order. */
export type Faults = {
  inject(fault: Fault): Promise<Injected>;
  /** Heals all that is still in force, the latest first, whatever fails on the way; throws at the end if something did. */
  healAll(): Promise<void>;
};

/** Keeps the faults of a scenario; each is written to the ledger before it is injected. `tell` hears what becomes of each. */
export const openFaults = ({
  cluster,
  ledger,
  scenario,
  tell = () => {},
}: {
  cluster: Cluster;
  ledger: Ledger;
  /** Whose they are: others that fail meanwhile name it. */
  scenario?: string;
  tell?: (event: FaultEvent) => void;
}): Faults => {
  const inForce: Injected[] = [];
  return {
    inject: async (fault) => {
      const { kind, title, data } = fault;
      const entry = await ledger.record({ server: cluster.server, kind, title, ...(scenario !== undefined && { scenario }), data });
      const told = tellFault({ id: entry.id, name: kind, title }, tell);
      let healing: Promise<string> | undefined;
      const injected: Injected = {
        title,
        prove: () => told('proved', fault.prove(), (proof) => proof),
        // Once is enough, however often it is asked for; but one that failed is tried again by the clean-up.
        heal: () => {
          healing ??= told('healed', healEntry(cluster, { ledger, entry }), (how) => how)
            .finally(() => fault.settle?.())
            .catch((error: unknown) => {
              healing = undefined;
              throw error;
            });
          return healing;
        },
      };
      inForce.push(injected);
      await told('injected', fault.inject(), () => title);
      return injected;
    },
    healAll: () => eachInTurn(inForce.toReversed(), (fault) => fault.heal(), 'a fault could not be healed'),
  };
};

/** Undoes what an earlier process left in force, the latest first; returns what was done, a line each. */
export const healLeftOver = async ({ cluster, ledger }: { cluster: Cluster; ledger: Ledger }): Promise<string[]> => {
  const told: string[] = [];
  await eachInTurn(
    ledger.open(),
    async (entry) => {
      told.push(`${entry.title}: ${await healEntry(cluster, { ledger, entry })}`);
    },
    'a fault could not be healed',
  );
  return told;
};

/** Closes the entries of faults that went with the lab that they were in, and tells of each: no cluster is needed, and none is left. */
export const closeGone = async (ledger: Ledger): Promise<string[]> => {
  const told: string[] = [];
  for (const entry of ledger.open()) {
    const gone = await goneWithItsLab(entry);
    if (gone === undefined) continue;
    await ledger.healed(entry.id);
    told.push(`${entry.title}: ${gone}`);
  }
  return told;
};

const healEntry = async (cluster: Cluster, { ledger, entry }: { ledger: Ledger; entry: LedgerEntry }): Promise<string> => {
  const heal = (healers as Record<string, (cluster: Cluster, data: unknown) => Promise<string>>)[entry.kind];
  if (heal === undefined)
    throw new Error(`the ledger names a kind of fault that this version does not know: ${entry.kind} (${entry.title})`);
  if (entry.server !== cluster.server) throw new Error(`${entry.title}: that was done to ${entry.server}, and this is ${cluster.server}`);
  if (JSON.stringify(entry.data)?.includes('[redacted: '))
    throw new Error(`${entry.title}: what it was before held a secret, which is not kept on disk: put it back by hand (${entry.kind})`);
  const told = await whileStreamsBreak(() => heal(cluster, entry.data));
  await ledger.healed(entry.id);
  return told;
};

// A restart of the API server breaks a stream once; it breaks the next one too where it is restarted again and again.
const mostBreaks = 3;

/** Every heal may be done twice, as it must after kill -9: one whose stream broke, so that nobody knows what it did, is done again. */
const whileStreamsBreak = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let breaks = 1; ; breaks += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof BrokenStream) || breaks >= mostBreaks) throw error;
    }
  }
};

const eachInTurn = async <T>(items: readonly T[], work: (item: T) => Promise<unknown>, message: string): Promise<void> => {
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
