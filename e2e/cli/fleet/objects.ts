import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { waitUntilGone } from '../../history/expectation.ts';
import { follow } from '../../history/watch.ts';
import {
  type Cluster,
  type KubernetesObject,
  type Resource,
  resources,
  unlessGone,
} from '../../kube/cluster.ts';
import { rolesFor } from '../../permissions/roles.ts';
import type { FleetArguments } from './arguments.ts';

/** The label of all objects that a run makes. */
const runLabel = 'corral.test/run';

const jobName = 'fleet';

/** The label selector for the pods of the Job. */
export const podsOfJob = `batch.kubernetes.io/job-name=${jobName}`;

type Container = { image: string; args: string[]; env: { name: string; value: string }[] };
type Job = KubernetesObject & {
  spec: {
    completions: number;
    parallelism: number;
    template: { metadata?: object; spec: { containers: [Container] } };
  };
};

const labelled = <T extends KubernetesObject>(object: T, run: string): T => ({
  ...object,
  metadata: { ...object.metadata, labels: { ...object.metadata.labels, [runLabel]: run } },
});

/** The namespace of a fleet. Its name has the form of all namespaces of a run. */
export const fleetNamespace = (run: string): string => `corral-${run}-fleet`;

/**
 * Environment variables about the Longhorn in the cluster, which the pods need too. The emulator's timers are faster
 * than Longhorn's.
 */
const passedOn = ['CORRAL_TARGET_CLOCKS'];

const readJob = async ({ mode }: Pick<FleetArguments, 'mode'>): Promise<Job> =>
  parse(await readFile(new URL(`../../../fixtures/fleet/job-${mode}.yaml`, import.meta.url), 'utf8'));

const fillJob = (
  job: Job,
  {
    shards,
    image,
    flags,
    namespace,
  }: Pick<FleetArguments, 'shards' | 'image'> & { flags: string[]; namespace: string },
): Job => {
  const { template } = job.spec;
  const [container] = template.spec.containers;
  const given = container.env.map((each) =>
    each.name === 'FLEET_SHARDS' ? { ...each, value: String(shards) } : each,
  );
  const env = [
    ...given,
    ...passedOn.flatMap((name) => (process.env[name] ? [{ name, value: process.env[name] }] : [])),
  ];
  const filled = {
    ...template,
    spec: { ...template.spec, containers: [{ ...container, image, args: flags, env }] satisfies [Container] },
  };
  return {
    ...job,
    metadata: { ...job.metadata, namespace },
    spec: { ...job.spec, completions: shards, parallelism: shards, template: filled },
  };
};

/**
 * Composes the objects of a fleet, in the order of creation: a namespace, on an existing cluster a service account
 * with exactly the rights that the scenarios need, and the Job. The scenarios' stores use the same namespace. `uid`
 * is the UID of the cluster's namespace kube-system.
 */
export const composeFleet = async (
  args: Pick<FleetArguments, 'mode' | 'shards' | 'image' | 'flags' | 'e2e'>,
  { run, uid }: { run: string; uid: string },
): Promise<KubernetesObject[]> => {
  const namespace = fleetNamespace(run);
  const job = await readJob(args);
  if (args.mode === 'existing') {
    const account = rolesFor(
      { namespace, name: jobName },
      { allow: args.e2e.existing?.allow ?? [], supportBundle: args.e2e.supportBundle },
    );
    const flags = ['--expect-cluster', uid, '--namespace', namespace, ...args.flags];
    return [...account, fillJob(job, { ...args, flags, namespace })].map((object) => labelled(object, run));
  }
  // `privileged` is the only pod security level that lets a pod run without seccomp.
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
  const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
  return [own, fillJob(job, { ...args, namespace })].map((object) => labelled(object, run));
};

const resourceOfKind: Record<string, Resource> = {
  Namespace: resources.namespaces,
  ServiceAccount: resources.serviceAccounts,
  Role: resources.roles,
  RoleBinding: resources.roleBindings,
  ClusterRole: resources.clusterRoles,
  ClusterRoleBinding: resources.clusterRoleBindings,
  Job: resources.jobs,
};

/** The API resource of a fleet's object. */
export const resourceOf = ({ kind = '' }: KubernetesObject): Resource => {
  const resource = resourceOfKind[kind];
  if (resource === undefined) throw new Error(`a fleet makes no ${kind}`);
  return resource;
};

/**
 * Creates the objects of a fleet one after the other. An object that already exists is an error, because it belongs
 * to somebody else.
 */
export const makeObjects = async (
  cluster: Cluster,
  objects: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<void> => {
  for (const object of objects) {
    signal.throwIfAborted();
    await cluster.create(resourceOf(object), object);
  }
};

const removeObject = async (cluster: Cluster, object: KubernetesObject): Promise<void> => {
  const resource = resourceOf(object);
  const { name, namespace } = object.metadata;
  const where = { ...(namespace !== undefined && { namespace }), fieldSelector: `metadata.name=${name}` };
  await using timeline = await follow(cluster, resource, where);
  // Waits for the pods of a Job: until they end, they need the service account and its roles.
  const propagationPolicy = 'Foreground' as const;
  await cluster
    .delete(resource, { name, ...(namespace !== undefined && { namespace }) }, { propagationPolicy })
    .catch(unlessGone);
  await waitUntilGone(timeline, {
    name,
    label: `${object.kind} ${name} is gone`,
    within: '5m',
    owner: 'cleanup of the fleet: pods have 3 min to clean up after the signal to end',
  });
};

/** Removes the objects of a fleet in reverse order, and waits until they are gone. Missing objects are no error. */
export const removeObjects = async (
  cluster: Cluster,
  objects: readonly KubernetesObject[],
): Promise<void> => {
  const [namespaces, others] = [
    objects.filter(({ kind }) => kind === 'Namespace'),
    objects.filter(({ kind }) => kind !== 'Namespace'),
  ];
  // Objects in a namespace of the fleet are removed with it, except for the Job: its pods must end first.
  const inside = new Set(namespaces.map(({ metadata }) => metadata.name));
  const outside = others.filter(
    ({ kind, metadata }) => kind === 'Job' || !inside.has(metadata.namespace ?? ''),
  );
  for (const object of outside.toReversed()) await removeObject(cluster, object);
  for (const object of namespaces) await removeObject(cluster, object);
};
