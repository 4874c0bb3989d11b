import type { RunningCluster } from '../../providers/provider.ts';
import type { Environment } from '../suite/config/environment.ts';

/** What the process that plays scenarios on a cluster needs to know of it. */
export const toEnvironment = (
  cluster: RunningCluster,
  {
    run,
    out,
    workers,
    scenarios,
    round = 1,
    shard,
    supportBundle = false,
    output = 'quiet',
  }: Pick<Environment, 'run' | 'out' | 'shard'> &
    Partial<Pick<Environment, 'workers' | 'scenarios' | 'round' | 'output' | 'supportBundle'>>,
): Environment => ({
  kubeconfig: cluster.kubeconfig,
  context: cluster.context,
  run,
  out,
  provider: cluster.provider,
  target: cluster.target,
  clocks: cluster.clocks,
  lab: cluster.lab,
  storeImage: cluster.storeImage,
  namespace: cluster.namespace,
  allow: cluster.allow,
  without: cluster.without ?? [],
  workers,
  scenarios,
  round,
  supportBundle,
  output,
  shard,
});
