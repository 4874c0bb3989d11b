import { type Cluster, resources } from '../e2e/kube/cluster.ts';
import { openPressureMeter } from '../e2e/machine/pressure.ts';
import {
  describeFollowing,
  describeMachine,
  type Machine,
  type StartTimes,
  slownessOf,
} from '../e2e/machine/slowness.ts';
import type { ProgressDisplay, RunningCluster } from './provider.ts';
import { type LonghornTarget, reportTarget } from './target.ts';

/**
 * What to measure: the boot time of a cluster's nodes since a moment (`performance.now()`), or the read time
 * of its API server.
 */
type MeasureSource = { booted(): Promise<unknown>; since: number } | { read: Cluster };

/** Measures how slow the machine is, while a cluster starts or on an existing cluster. */
export const measureMachine = async (how: MeasureSource): Promise<Machine> => {
  const meter = openPressureMeter();
  try {
    const times =
      'booted' in how
        ? { nodesReady: await timed(how.booted, how.since) }
        : { read: await readTime(how.read) };
    const { stalled, runQueue, timerDelay } = meter.take();
    const measured: StartTimes = { ...times, pressure: { stalled, runQueue, timerDelay } };
    return { slowness: slownessOf(measured), measured };
  } finally {
    meter.close();
  }
};

/** Installs a Longhorn while the machine is measured. Its clock can follow the measured speed. Prints the result. */
export const installMeasured = async (
  target: LonghornTarget,
  on: Omit<Parameters<LonghornTarget['install']>[0], 'slowness'> & {
    how: MeasureSource;
    progress: ProgressDisplay;
  },
): Promise<Pick<RunningCluster, 'target' | 'clocks' | 'machine'>> => {
  const { how, progress, ...cluster } = on;
  const measuring = measureMachine(how);
  const slowness = measuring.then((machine) => machine.slowness);
  // Not every Longhorn uses it, and the installation may fail before.
  slowness.catch(() => {});
  const { version, clocks, emulatorClock } = await target.install({ ...cluster, slowness });
  const machine = { ...(await measuring), emulatorClock };
  printMachine(progress, machine);
  return { target: reportTarget(target, version), clocks, machine };
};

/** Prints how slow the machine is, and the consequences. */
export const printMachine = ({ note }: Pick<ProgressDisplay, 'note'>, machine: Machine): void => {
  note(`The machine is ${describeMachine(machine)}`);
  for (const line of describeFollowing(machine)) note(line);
};

const timed = async (work: () => Promise<unknown>, since = performance.now()): Promise<number> => {
  await work();
  return performance.now() - since;
};

const often = 9;

// The round trip is not work. It is estimated by the fastest response that needs no read.
const readTime = async (cluster: Cluster): Promise<number> => {
  const ways: number[] = [];
  const reads: number[] = [];
  for (let count = 0; count < often; count += 1) {
    ways.push(await timed(() => cluster.version()));
    reads.push(await timed(() => cluster.get(resources.namespaces, { name: 'kube-system' })));
  }
  const median = reads.toSorted((one, other) => one - other)[Math.floor(often / 2)] ?? 0;
  return Math.max(0, median - Math.min(...ways));
};
