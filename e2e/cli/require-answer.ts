import type { Cluster } from '../kube/cluster.ts';
import { remedyOf } from '../kube/remedy.ts';

/**
 * Asks the cluster of a run once, before anything else is asked: a cluster that cannot be reached is one error, not one
 * for each request.
 */
export const requireAnswer = async (cluster: Cluster): Promise<true> => {
  await cluster.version().catch((error: Error) => {
    const remedy = remedyOf(error) ?? "see that it is up, and that the kubeconfig is of the run's cluster";
    throw new Error(`the cluster was not looked at: ${error.message}: ${remedy}`);
  });
  return true;
};
