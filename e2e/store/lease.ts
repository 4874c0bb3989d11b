import { type Cluster, type KubernetesObject, resources } from '../kube/cluster.ts';

/** A Lease, as far as it is read here. */
export type Lease = KubernetesObject & { spec?: { leaseDurationSeconds?: number; renewTime?: string } };

/**
 * The name that it has in every namespace of a scenario; where several share one, it has that of the store.
 */
export const leaseName = 'corral-at-work';

/**
 * Seconds: it is renewed this often, and without that it counts for so long; three times, as an API server
 * may be away for a while.
 */
export const leaseClock = { renewed: 10, counts: 30 } as const;

// Kubernetes reads no more and no fewer than six digits.
const now = (): string => new Date().toISOString().replace('Z', '000Z');

/**
 * Makes a Lease in a scenario's namespace and renews it until `scenarioSignal` aborts: by it a cleanup from outside
 * knows that somebody is at work there. It goes with its store. A renewal that fails is nobody's failure.
 */
export const renewLease = async (
  cluster: Cluster,
  {
    namespace,
    name = leaseName,
    run,
    scenarioSignal,
  }: { namespace: string; name?: string | undefined; run: string; scenarioSignal: AbortSignal },
): Promise<void> => {
  await cluster.create(resources.leases, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace, labels: { 'corral.test/run': run } },
    spec: { leaseDurationSeconds: leaseClock.counts, renewTime: now() },
  });
  const renew = (): void =>
    void cluster.patch(resources.leases, { namespace, name }, { spec: { renewTime: now() } }).catch(() => {});
  const timer = setInterval(renew, leaseClock.renewed * 1000);
  // It keeps no process alive that has nothing else to do.
  timer.unref();
  scenarioSignal.addEventListener('abort', () => clearInterval(timer), { once: true });
  if (scenarioSignal.aborted) clearInterval(timer);
};
