import type { Part } from '../lab/cache.ts';
import type { LabSize } from '../lab/size.ts';
import type { RunningCluster } from './provider.ts';

/** A Longhorn, or its stand-in, for a lab: what the lab must be like, and how to install it. */
export type Target = {
  name: string;
  /** Image archives that the nodes need, in the order in which to import them. */
  archives: Part[];
  size: LabSize;
  /** Its clocks, where they are not Longhorn's own. */
  clocks?: RunningCluster['clocks'];
  /** Installs it and returns its version when it can be used; may start as soon as the API server answers. */
  install(lab: { kubeconfig: string; signal: AbortSignal }): Promise<string>;
};
