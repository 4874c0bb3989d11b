import { waitUntil } from '../e2e/history/expectation.ts';
import { follow } from '../e2e/history/watch.ts';
import { connect, type KubernetesObject, type Resource, resources } from '../e2e/kube/cluster.ts';
import { isConditionTrue, type WithConditions } from '../e2e/kube/objects.ts';

const owner =
  "the lab's: a node boots in 3 s, its kubelet starts its first pods within 10 s; more nodes share the same CPUs, and a machine may be busy";

type WaitOptions = { kubeconfig: string; signal?: AbortSignal };

const untilAll = async <T extends KubernetesObject>(
  { kubeconfig, signal }: WaitOptions,
  collection: { resource: Resource; namespace?: string; nodes: number },
  expected: { name: string; label: string; holds: (object: T) => boolean }[],
): Promise<void> => {
  const { resource, nodes, ...where } = collection;
  const within = `${3 + nodes}m` as const;
  await using timeline = await follow<T>(connect({ kubeconfig }), resource, {
    ...where,
    ...(signal && { signal }),
  });
  await Promise.all(
    expected.map(({ name, label, holds }) => waitUntil(timeline, holds, { name, label, within, owner })),
  );
};

/** Waits with a watch until all nodes of the lab are Ready. The error contains the last state of each. */
export const waitForNodes = (where: WaitOptions, names: readonly string[]): Promise<void> =>
  untilAll<WithConditions>(
    where,
    { resource: resources.nodes, nodes: names.length },
    names.map((name) => ({
      name,
      label: `${name} is Ready`,
      holds: (node) => isConditionTrue(node, 'Ready'),
    })),
  );

/**
 * Waits with a watch until pods can be created in the namespace `default` and can find services by name.
 * `nodes` is the number of nodes that boot meanwhile. A lab is up so early that the namespace's service
 * account may be missing and CoreDNS may not run yet.
 */
export const waitForCluster = async (where: WaitOptions, nodes: number): Promise<void> => {
  const account = {
    name: 'default',
    label: 'the namespace default has its service account',
    holds: () => true,
  };
  const dns = {
    name: 'coredns',
    label: 'CoreDNS is available',
    holds: (deployment: WithConditions) => isConditionTrue(deployment, 'Available'),
  };
  await Promise.all([
    untilAll(where, { resource: resources.serviceAccounts, namespace: 'default', nodes }, [account]),
    untilAll<WithConditions>(where, { resource: resources.deployments, namespace: 'kube-system', nodes }, [
      dns,
    ]),
  ]);
};
