import { z } from 'zod';
import type { Cluster } from '../../kube/cluster.ts';
import { fillSentence, type NamesIn } from '../../kube/sentence.ts';
import type { MessageId } from '../../longhorn/messages/catalogue.ts';
import type { RunningStore, ServerFeature, StoreAccess, StoreDriver, Way } from '../../store/driver.ts';
import { driverNamed } from '../../store/drivers/index.ts';
import type { Doing, Fault, FaultKind } from '../fault.ts';

/** How a fault is done by one of the ways to a store. Its heals take the first way that a driver has. */
type ByWay<W extends Way, Args extends unknown[], Handle extends object> = {
  /** `title` is what the fault is called. */
  make(access: StoreAccess[W], title: string, ...args: Args): Doing<Handle> | Promise<Doing<Handle>>;
  heal(cluster: Cluster, data: unknown, driver: StoreDriver): Promise<string>;
  healByLabels?(cluster: Cluster, run: string, namespace?: string): Promise<string[]>;
};

type About<Name extends string> = Omit<FaultKind, 'heal' | 'healByLabels' | 'reach' | 'needs'> & {
  name: Name;
  needs: string;
  /** What the server of such a store is started with. */
  features?: readonly ServerFeature[];
  /** What the backup target may say meanwhile. */
  targetSays?: readonly MessageId[];
};

/** A kind of fault of a backup store. */
export type StoreFault<Name extends string, Args extends unknown[], Handle extends object> = About<Name> &
  FaultKind & {
    /** What steps say behind "Given that", with its parameters in braces. */
    sentence: string;
    parameters(...args: Args): Record<string, string>;
    /** The sentence with its parameters. */
    title(...args: Args): string;
    /** Whether it can be done to the stores of a driver. */
    suits(driver: Pick<StoreDriver, 'access'>): boolean;
    /** Such a fault of a store, to be injected. */
    on(store: RunningStore, ...args: Args): Promise<Fault<Handle>>;
  };

// A ledger of an older version names no driver: there was one.
const schema = z.looseObject({ driver: z.string().optional() });

/**
 * Makes a kind of fault of a backup store. Where a driver has several of its ways, the first of them is taken,
 * so that who heals takes the same.
 */
export const storeFault = <
  const Name extends string,
  Args extends unknown[],
  const Sentence extends string,
  Handle extends object = object,
>({
  sentence,
  parameters,
  ways,
  ...about
}: About<Name> & {
  sentence: Sentence;
  parameters(...args: Args): Record<NamesIn<Sentence>, string>;
  ways: { [W in Way]?: ByWay<W, Args, Handle> };
}): StoreFault<Name, Args, Handle> => {
  const wayOf = (access: Partial<Record<Way, unknown>>): Way | undefined =>
    (Object.keys(ways) as Way[]).find((way) => access[way] !== undefined);
  const title = (...args: Args): string => {
    const words: Record<string, string> = parameters(...args);
    return fillSentence(sentence, (each) => words[each] ?? '');
  };
  const { name, needs } = about;
  const fault: StoreFault<Name, Args, Handle> = {
    ...about,
    reach: 'none',
    sentence,
    parameters,
    title,
    suits: ({ access }) => wayOf(access) !== undefined,
    on: async ({ access, driver }, ...args) => {
      const way = wayOf(access);
      if (way === undefined)
        throw new Error(`the scenario must say that it needs ${needs} (${name}): ${driver} has none`);
      const called = title(...args);
      const { make } = ways[way] as ByWay<Way, Args, Handle>;
      const doing = await make(access[way] as StoreAccess[Way], called, ...args);
      return { ...doing, kind: fault, title: called, data: { driver, ...doing.data } };
    },
    heal: async (cluster, data) => {
      const driver = driverNamed(schema.parse(data).driver);
      const way = wayOf(driver.access);
      if (way === undefined)
        throw new Error(`a store of the kind ${driver.name} has nothing to undo of ${name}`);
      return (ways[way] as ByWay<Way, Args, Handle>).heal(cluster, data, driver);
    },
    // Whichever driver the run had.
    healByLabels: async (cluster, run, namespace) => {
      const healed = Object.values(ways).map(
        async ({ healByLabels }) => (await healByLabels?.(cluster, run, namespace)) ?? [],
      );
      return (await Promise.all(healed)).flat();
    },
  };
  return fault;
};
