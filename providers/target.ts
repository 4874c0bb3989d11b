import { availableParallelism } from 'node:os';
import type { CachedArtifact } from '../lab/cache/cache.ts';
import type { LabSize } from '../lab/size.ts';
import type { RunningCluster } from './provider.ts';

/** A Longhorn or the emulator: its requirements for a cluster, and how to install it. */
export type LonghornTarget = {
  name: string;
  /** Images of a release that were replaced by others. */
  replaced?: RunningCluster['target']['replaced'];
  /** Image archives for the nodes, in the order to import them. */
  archives: CachedArtifact[];
  /** Size of a lab for it. */
  size: LabSize;
  /**
   * The most scenarios per processor that may have begun at once on a cluster on this machine. The load
   * decides how many of them run.
   */
  maxBegunPerCpu: number;
  /**
   * Installs it on the nodes with these names and returns when it can be used. May start as soon as the API
   * server responds, before it is known how slow the machine is.
   */
  install(cluster: {
    kubeconfig: string;
    nodes: readonly string[];
    signal: AbortSignal;
    slowness: Promise<number>;
  }): Promise<InstalledTarget>;
  /** Its objects as one text, in the order to apply them to a cluster of this slowness that has another version. */
  manifest(slowness: number): Promise<string>;
};

/** An installed Longhorn or emulator that can be used. */
type InstalledTarget = {
  version: string;
  /** Its clocks, if they are not Longhorn's own. */
  clocks?: RunningCluster['clocks'];
  /** The choice of the emulator's clock. Undefined for a real Longhorn. */
  emulatorClock?: string;
};

/** Describes a cluster's Longhorn for the report. */
export const reportTarget = (
  { name, replaced }: LonghornTarget,
  version: string,
): RunningCluster['target'] => ({
  name,
  version,
  ...(replaced && { replaced }),
});

/** The most scenarios that may have begun at once, if the nodes share this machine's processors. */
export const maxBegunFor = ({ maxBegunPerCpu }: LonghornTarget): number =>
  Math.max(1, availableParallelism() * maxBegunPerCpu);
