import {
  type Cluster,
  type KubernetesObject,
  type Resource,
  resources,
  unlessGone,
} from '../e2e/kube/cluster.ts';
import { admissionPolicies, policyLabel } from './manifests/admission/policies.ts';
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
