import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApiError,
  type Cluster,
  type KubernetesObject,
  type Resource,
  resources,
  unlessGone,
} from '../e2e/kube/cluster.ts';
import { tryCreation } from '../e2e/kube/dry-run.ts';
import { admissionPolicies, policyLabel } from './manifests/admission/policies.ts';
import { longhornGroup } from './manifests/custom-resources.ts';
import { labels, namespace } from './modelled-on.ts';
import type { Mutant } from './mutants.ts';

// A binding is deleted before its policy: a policy without a binding has no effect.
const collections: Record<string, Resource> = {
  MutatingAdmissionPolicyBinding: resources.mutatingAdmissionPolicyBindings,
  MutatingAdmissionPolicy: resources.mutatingAdmissionPolicies,
  ValidatingAdmissionPolicyBinding: resources.validatingAdmissionPolicyBindings,
  ValidatingAdmissionPolicy: resources.validatingAdmissionPolicies,
};

/** The emulator's objects of a kind. Undefined if the API server does not know the kind. */
const list = async (cluster: Cluster, resource: Resource): Promise<KubernetesObject[] | undefined> => {
  const labelSelector = `app=${policyLabel.app}`;
  return (await cluster.list(resource, { labelSelector }).catch(unlessGone))?.items;
};

type PolicySelection = { mutant?: Mutant | undefined; version?: string | undefined };

/**
 * Applies the policies of a version, with a mutant or without one, and deletes policies that only another
 * version or mutant has.
 */
export const applyAdmissionPolicies = async (
  cluster: Cluster,
  { mutant, version }: PolicySelection,
): Promise<void> => {
  const supportsMutation = (await list(cluster, resources.mutatingAdmissionPolicies)) !== undefined;
  const wanted = admissionPolicies(mutant, { version, supportsMutation }) as KubernetesObject[];
  for (const object of wanted)
    await cluster.apply(object, {
      resource: collections[object.kind ?? ''] as Resource,
      fieldManager: 'corral-emulator',
    });
  for (const [kind, resource] of Object.entries(collections))
    for (const { metadata } of (await list(cluster, resource)) ?? [])
      if (!wanted.some((each) => each.kind === kind && each.metadata.name === metadata.name))
        await cluster.delete(resource, metadata);
};

const volumes: Resource = { group: longhornGroup, version: 'v1beta2', plural: 'volumes' };

// Of any version and mutant, the policies give this volume the label of its backup target.
const labelledVolume: KubernetesObject = {
  apiVersion: `${longhornGroup}/v1beta2`,
  kind: 'Volume',
  metadata: { name: 'corral-dry-run', namespace },
  spec: { size: '16777216', numberOfReplicas: 1, frontend: 'blockdev', backupTargetName: 'default' },
} as KubernetesObject;

/**
 * Waits until the API server changes a new volume as the policies require. It reads by itself, every 5 s, which
 * kinds its policies can change, answers 503 until then, and no object shows when that is. Throws an Error that
 * names the owner when the deadline (ms since the epoch) is over. Kubernetes before v1.36 changes nothing.
 */
export const untilPoliciesApply = async (
  cluster: Cluster,
  { deadline, owner, signal }: { deadline: number; owner: string; signal?: AbortSignal },
): Promise<void> => {
  if ((await list(cluster, resources.mutatingAdmissionPolicies)) === undefined) return;
  for (;;) {
    const answer = await tryCreation(cluster, volumes, labelledVolume).catch((error) => {
      if (error instanceof ApiError && error.status === 503) return { refused: error };
      throw error;
    });
    if ('accepted' in answer && answer.accepted.metadata.labels?.[labels.backupTarget] !== undefined) return;
    if (Date.now() > deadline)
      throw new Error(
        `within ${owner}, the API server did not change a new volume as the emulator's policies require`,
        'refused' in answer ? { cause: answer.refused } : undefined,
      );
    await sleep(250, undefined, { signal });
  }
};
