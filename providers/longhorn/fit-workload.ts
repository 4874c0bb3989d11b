import type { KubernetesObject } from '../../e2e/kube/cluster.ts';
import type { Change } from './fit.ts';
import { type Container, containersOf, nameOf } from './manifest.ts';

const csiParts = ['ATTACHER', 'PROVISIONER', 'RESIZER', 'SNAPSHOTTER'];

/** One of each CSI part instead of three; a count that the manifest names stays. */
export const fitCsi = (object: KubernetesObject): Change[] => {
  const deployer = containersOf(object).find(({ name }) => name === 'longhorn-driver-deployer');
  if (deployer === undefined) return [];
  const env = deployer.env ?? [];
  const missing = csiParts.map((part) => `CSI_${part}_REPLICA_COUNT`).filter((name) => !env.some((each) => each.name === name));
  if (missing.length === 0) return [];
  deployer.env = [...env, ...missing.map((name) => ({ name, value: '1' }))];
  return [{ what: `${missing.join(', ')} of ${nameOf(object)}`, from: '3', to: '1', why: 'one of each does for a test' }];
};

/** So many pods of a Deployment; it may already have as few. */
export const fitReplicas = (object: KubernetesObject, replicas: number, why: string): Change[] => {
  const deployment = object as KubernetesObject & { spec: { replicas?: number } };
  const before = deployment.spec.replicas ?? 1;
  if (before <= replicas) return [];
  deployment.spec.replicas = replicas;
  return [{ what: `replicas of ${nameOf(object)}`, from: String(before), to: String(replicas), why }];
};

/**
 * Each manager waits to start until the one before it is reached through the service, and a pod is in there once its probe has passed: at
 * Kubernetes' own pace of 10 s. It stays in there for as long as before (30 s) when its answers fail, as on a machine that is busy: were it
 * out sooner, the webhooks would be gone for the others.
 */
export const fitManager = (object: KubernetesObject): Change[] => {
  const probe = containersOf(object).find(({ name }) => name === 'longhorn-manager')?.readinessProbe;
  if (probe === undefined || probe.periodSeconds !== undefined || probe.failureThreshold !== undefined) return [];
  Object.assign(probe, { periodSeconds: 2, failureThreshold: 15 });
  return [
    {
      what: `readiness probe of ${nameOf(object)}`,
      from: '3 times 10 s',
      to: '15 times 2 s',
      why: 'the managers start one after the other',
    },
  ];
};

const pulls = ({ image = '', imagePullPolicy }: Container): boolean =>
  imagePullPolicy === 'Always' || (imagePullPolicy === undefined && !/@|:(?!latest$)[^/]*$/.test(image));

/** No container asks a registry for its image, which the nodes have, nor for more of a node than there is. */
export const fitContainers = (object: KubernetesObject): Change[] =>
  containersOf(object).flatMap((container) => {
    const what = (field: string) => `${field} of ${nameOf(object)}, container ${container.name}`;
    const changes: Change[] = [];
    if (pulls(container)) {
      container.imagePullPolicy = 'IfNotPresent';
      changes.push({
        what: what('imagePullPolicy'),
        from: 'Always',
        to: 'IfNotPresent',
        why: 'the nodes have the images',
      });
    }
    const { requests } = container.resources ?? {};
    if (container.resources !== undefined && requests !== undefined) {
      delete container.resources.requests;
      const from = Object.entries(requests).map(([name, amount]) => `${name} ${amount}`);
      changes.push({ what: what('requests'), from: from.join(', '), to: 'none', why: 'a small node could not schedule it' });
    }
    return changes;
  });
