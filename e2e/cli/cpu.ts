import type { RunningCluster } from '../../providers/provider.ts';
import { processStat } from '../machine/process-stat.ts';
import type { Report } from '../report/schema.ts';

type Seconds = Record<string, number>;

/** The CPU seconds of this process and of its ended children, such as a browser. 0 without /proc. */
const ofSuite = async (): Promise<number> => {
  const { ownSeconds, childrenSeconds } = (await processStat('self')) ?? {
    ownSeconds: 0,
    childrenSeconds: 0,
  };
  return ownSeconds + childrenSeconds;
};

const rounded = (seconds: Seconds): Seconds =>
  Object.fromEntries(
    Object.entries(seconds)
      .map(([component, each]) => [component, Math.round(each * 10) / 10] as const)
      .toSorted(([, one], [, other]) => other - one),
  );

/**
 * Starts to measure the CPU time of a run's scenarios. Returns a function that ends the measurement and returns the
 * result, with the CPU time until the cluster was up, by component. The result is empty if the cluster cannot report
 * it or is lost.
 */
export const countCpu = async ({
  cpu,
}: Pick<RunningCluster, 'cpu'>): Promise<() => Promise<Pick<Report, 'cpu'>>> => {
  const setUp = await cpu?.().catch(() => undefined);
  const before = await ofSuite();
  return async () => {
    const scenarios = setUp && (await cpu?.().catch(() => undefined));
    if (setUp === undefined || scenarios === undefined) return {};
    const suite = (await ofSuite()) - before;
    return {
      cpu: { setUp: rounded(setUp), scenarios: rounded({ ...scenarios, 'suite and browser': suite }) },
    };
  };
};
