import { readFile } from 'node:fs/promises';
import type { RunningCluster } from '../../providers/provider.ts';
import type { Report } from '../report/schema.ts';

/** Linux counts CPU time in hundredths of a second in /proc. */
const TICKS = 100;

type Seconds = Record<string, number>;

/** What this process has taken, and its children that have ended, a browser among them; 0 where there is no /proc. */
const ofSuite = async (): Promise<number> => {
  const stat = await readFile('/proc/self/stat', 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0) / TICKS;
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
