import { type Cluster, type KubernetesObject, resources } from '../kube/cluster.ts';

/** The fields of a Lease that are read here. */
export type Lease = KubernetesObject & { spec?: { leaseDurationSeconds?: number; renewTime?: string } };

/** The name of the Lease in the namespace of a scenario. In a shared namespace it has the name of the store instead. */
export const leaseName = 'corral-at-work';

/**
 * In seconds: the interval of renewals, and how long the Lease counts without one. That is three intervals, because
 * an API server may be unavailable for a while.
 */
export const leaseClock = { renewed: 10, counts: 30 } as const;

// Kubernetes requires exactly six fractional digits.
const now = (): string => new Date().toISOString().replace('Z', '000Z');

/**
 * Creates a Lease in the namespace of a scenario and renews it until `scenarioSignal` aborts. It shows to a cleanup
 * of another process that the scenario is running. It is removed with its store. A failed renewal is ignored.
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
  // A pending renewal must not keep the process alive.
  timer.unref();
  scenarioSignal.addEventListener('abort', () => clearInterval(timer), { once: true });
  if (scenarioSignal.aborted) clearInterval(timer);
};
