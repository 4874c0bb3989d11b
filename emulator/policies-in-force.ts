import {
  type Cluster,
  type KubernetesObject,
  type Resource,
  resources,
  unlessGone,
} from '../e2e/kube/cluster.ts';
import { admissionPolicies, policyLabel } from './manifests/admission/policies.ts';
import type { Mutant } from './mutants.ts';

// A binding goes before its policy: without a binding a policy is not in force.
const collections: Record<string, Resource> = {
  MutatingAdmissionPolicyBinding: resources.mutatingAdmissionPolicyBindings,
  MutatingAdmissionPolicy: resources.mutatingAdmissionPolicies,
  ValidatingAdmissionPolicyBinding: resources.validatingAdmissionPolicyBindings,
  ValidatingAdmissionPolicy: resources.validatingAdmissionPolicies,
};

/** What the emulator has of a kind; undefined where the API server does not know the kind. */
const list = async (cluster: Cluster, resource: Resource): Promise<KubernetesObject[] | undefined> => {
  const labelSelector = `app=${policyLabel.app}`;
  return (await cluster.list(resource, { labelSelector }).catch(unlessGone))?.items;
};

type Of = { mutant?: Mutant | undefined; version?: string | undefined };

/**
 * Puts the policies of a version in force, with a bug or without one, and removes those that only another version or
 * bug had: they would stay in force.
 */
export const putPoliciesInForce = async (cluster: Cluster, { mutant, version }: Of): Promise<void> => {
  const canMend = (await list(cluster, resources.mutatingAdmissionPolicies)) !== undefined;
  const wanted = admissionPolicies(mutant, { version, canMend }) as KubernetesObject[];
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
