import { z } from 'zod';
import type { Cluster } from '../../kube/cluster.ts';
import { fillSentence, type NamesIn } from '../../kube/text.ts';
import type { MessageId } from '../../longhorn/messages/catalogue.ts';
import type {
  RunningStore,
  ServerFeature,
  StoreAccess,
  StoreAccessKind,
  StoreDriver,
} from '../../store/driver.ts';
import { driverNamed } from '../../store/drivers/index.ts';
import type { Fault, FaultKind, FaultOperations } from '../fault.ts';

/** How one kind of access to a store makes and heals a fault. */
type ByWay<W extends StoreAccessKind, Args extends unknown[], Handle extends object> = {
  /** `title` is the clause that names the fault. */
  make(
    access: StoreAccess[W],
    title: string,
    ...args: Args
  ): FaultOperations<Handle> | Promise<FaultOperations<Handle>>;
  heal(cluster: Cluster, data: unknown, driver: StoreDriver): Promise<string>;
  healByLabels?(cluster: Cluster, run: string, namespace?: string): Promise<string[]>;
};

type About<Name extends string> = Omit<FaultKind, 'heal' | 'healByLabels' | 'reach' | 'needs'> & {
  name: Name;
  needs: string;
  /** The features with which the server of such a store must be started. */
  features?: readonly ServerFeature[];
  /** The messages that the backup target may report meanwhile. */
  targetSays?: readonly MessageId[];
};

/** A kind of fault of a backup store. */
export type StoreFault<Name extends string, Args extends unknown[], Handle extends object> = About<Name> &
  FaultKind & {
    /** The text of the step after "Given that", with parameters in braces. */
    sentence: string;
    parameters(...args: Args): Record<string, string>;
    /** The sentence with its parameters filled in. */
    title(...args: Args): string;
    /** Whether the fault can be applied to the stores of a driver. */
    suits(driver: Pick<StoreDriver, 'access'>): boolean;
    /** Creates the fault for a store. It is not injected yet. */
    on(store: RunningStore, ...args: Args): Promise<Fault<Handle>>;
  };

// Ledgers of older versions name no driver, because there was only one.
const schema = z.looseObject({ driver: z.string().optional() });

/**
 * Defines a kind of fault of a backup store. If a driver supports several of its `ways`, the first is used, both to
 * inject and to heal.
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
  ways: { [W in StoreAccessKind]?: ByWay<W, Args, Handle> };
}): StoreFault<Name, Args, Handle> => {
  const wayOf = (access: Partial<Record<StoreAccessKind, unknown>>): StoreAccessKind | undefined =>
    (Object.keys(ways) as StoreAccessKind[]).find((way) => access[way] !== undefined);
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
      const { make } = ways[way] as ByWay<StoreAccessKind, Args, Handle>;
      const doing = await make(access[way] as StoreAccess[StoreAccessKind], called, ...args);
      return { ...doing, kind: fault, title: called, data: { driver, ...doing.data } };
    },
    heal: async (cluster, data) => {
      const driver = driverNamed(schema.parse(data).driver);
      const way = wayOf(driver.access);
      if (way === undefined)
        throw new Error(`a store of the kind ${driver.name} has nothing to undo of ${name}`);
      return (ways[way] as ByWay<StoreAccessKind, Args, Handle>).heal(cluster, data, driver);
    },
    // The driver of the run is unknown, so all ways are tried.
    healByLabels: async (cluster, run, namespace) => {
      const healed = Object.values(ways).map(
        async ({ healByLabels }) => (await healByLabels?.(cluster, run, namespace)) ?? [],
      );
      return (await Promise.all(healed)).flat();
    },
  };
  return fault;
};
