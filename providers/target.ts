import { availableParallelism } from 'node:os';
import type { Part } from '../lab/cache/cache.ts';
import type { LabSize } from '../lab/size.ts';
import type { RunningCluster } from './provider.ts';

/** A Longhorn, or its stand-in: what a cluster for it must be like, and how to install it. */
export type Target = {
  name: string;
  /** Images of a release in whose place there are others. */
  replaced?: RunningCluster['target']['replaced'];
  /** Image archives that the nodes need, in the order in which to import them. */
  archives: Part[];
  /** Of a lab that bears it. */
  size: LabSize;
  /**
   * How many scenarios may have begun at once on a cluster on this machine, for each processor; how many of
   * them are at work, its load decides.
   */
  begunPerCpu: number;
  /**
   * Installs it on the nodes of these names and returns when it can be used; may start as soon as the API
   * server answers, before it is known how slow the machine is.
   */
  install(cluster: {
    kubeconfig: string;
    nodes: readonly string[];
    signal: AbortSignal;
    slowness: Promise<number>;
  }): Promise<Installed>;
};

/** A Longhorn, or its stand-in, that can be used. */
export type Installed = {
  version: string;
  /** Its clocks, where they are not Longhorn's own. */
  clocks?: RunningCluster['clocks'];
  /** Where it is the emulator: its clock as it was chosen. */
  emulatorClock?: string;
};

/** What a cluster's Longhorn is, for the report. */
export const reportTarget = ({ name, replaced }: Target, version: string): RunningCluster['target'] => ({
  name,
  version,
  ...(replaced && { replaced }),
});

/** How many scenarios may have begun at once, where the nodes share this machine's processors. */
export const begunFor = ({ begunPerCpu }: Target): number =>
  Math.max(1, availableParallelism() * begunPerCpu);
