import type { RunningCluster } from '../../providers/provider.ts';
import { processStat } from '../machine/process-stat.ts';
import type { Report } from '../report/schema.ts';

type Seconds = Record<string, number>;

/** What this process has taken, and its children that have ended, a browser among them; 0 where there is no /proc. */
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
      .map(([part, each]) => [part, Math.round(each * 10) / 10] as const)
      .toSorted(([, one], [, other]) => other - one),
  );

/**
 * Begins to count the CPU time of the scenarios of a run; what is returned ends that, and gives it beside the
 * time that it took to bring the cluster up, by part. Nothing where the cluster cannot say, or is lost.
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
