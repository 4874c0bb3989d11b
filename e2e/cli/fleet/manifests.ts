import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { KubernetesObject } from '../../kube/cluster.ts';
import { rolesFor } from '../../permissions/roles.ts';
import type { FleetArguments } from './arguments.ts';

/** The label of everything that a run makes. */
const runLabel = 'corral.test/run';

const jobName = 'fleet';

/** By this label Kubernetes tells which pods are the Job's. */
export const podsOfJob = `batch.kubernetes.io/job-name=${jobName}`;

type Container = { image: string; args: string[]; env: { name: string; value: string }[] };
type Job = KubernetesObject & {
  spec: { completions: number; parallelism: number; template: { metadata?: object; spec: { containers: [Container] } } };
};

const labelled = <T extends KubernetesObject>(object: T, run: string): T => ({
  ...object,
  metadata: { ...object.metadata, labels: { ...object.metadata.labels, [runLabel]: run } },
});

/** The namespace of a fleet; its name is of the form that all namespaces of a run have. */
export const fleetNamespace = (run: string): string => `corral-${run}-fleet`;

/** What a Longhorn in the cluster is told about by variables: the emulator's clocks are faster than Longhorn's. */
const passedOn = ['CORRAL_TARGET_CLOCKS'];

const readJob = async ({ mode }: Pick<FleetArguments, 'mode'>): Promise<Job> =>
  parse(await readFile(new URL(`../../../fixtures/fleet/job-${mode}.yaml`, import.meta.url), 'utf8'));

const fillJob = (
  job: Job,
  { shards, image, flags, namespace }: Pick<FleetArguments, 'shards' | 'image'> & { flags: string[]; namespace: string },
): Job => {
  const { template } = job.spec;
  const [container] = template.spec.containers;
  const given = container.env.map((each) => (each.name === 'FLEET_SHARDS' ? { ...each, value: String(shards) } : each));
  const env = [...given, ...passedOn.flatMap((name) => (process.env[name] ? [{ name, value: process.env[name] }] : []))];
  const filled = { ...template, spec: { ...template.spec, containers: [{ ...container, image, args: flags, env }] satisfies [Container] } };
  return {
    ...job,
    metadata: { ...job.metadata, namespace },
    spec: { ...job.spec, completions: shards, parallelism: shards, template: filled },
  };
};

/**
 * All that a fleet makes, in the order in which to make it: a namespace, on an existing cluster a service account with what the scenarios need and
 * nothing else, and the Job. The stores of the scenarios are in the same namespace. `uid` is that of the cluster's namespace kube-system.
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
  // Of the profiles of pod security, this one alone lets a pod leave seccomp's.
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
  const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
  return [own, fillJob(job, { ...args, namespace })].map((object) => labelled(object, run));
};
