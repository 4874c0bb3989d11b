import { type Cluster, type Resource, resources } from '../kube/cluster.ts';
import { type DeniedDeletion, isDenied, untilPolicy } from './allow-deletion.ts';
import { dryDeletion } from './dry-deletion.ts';
import type { Fault } from './fault.ts';

/**
 * Whose deletion is denied: `whose` is an expression (CEL) on `oldObject`, true for them alone, and `probe` one of them, which the API server
 * is asked about. `policy` is the name of what is made, `labels` are put on it.
 */
type Options = {
  policy: string;
  labels: Record<string, string>;
  resource: Resource;
  whose: string;
  probe: { namespace: string; name: string };
  title: string;
};

/**
 * The fault that the API server denies the deletion of some objects, by an admission policy. No other object is touched: what the policy
 * cannot judge, it lets pass. Kubernetes has no policy that ends by itself, so it lasts until the heal.
 */
export const deniedDeletion = (cluster: Cluster, { policy, labels, resource, whose, probe, title }: Options): Fault => {
  const { group, version, plural } = resource;
  const data: DeniedDeletion = { policy, resource: { group, version, plural }, probe };
  const common = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: policy, labels } };

  return {
    kind: 'denied-deletion',
    title,
    data,
    inject: async () => {
      const resourceRules = [{ apiGroups: [group], apiVersions: [version], operations: ['DELETE'], resources: [plural] }];
      await cluster.create(resources.validatingAdmissionPolicies, {
        ...common,
        kind: 'ValidatingAdmissionPolicy',
        spec: {
          failurePolicy: 'Ignore',
          matchConstraints: { resourceRules },
          validations: [{ expression: `!(${whose})`, message: 'deletion denied for testing' }],
        },
      });
      await cluster.create(resources.validatingAdmissionPolicyBindings, {
        ...common,
        kind: 'ValidatingAdmissionPolicyBinding',
        spec: { policyName: policy, validationActions: ['Deny'] },
      });
      await untilPolicy(cluster, data, 'in force');
    },
    prove: async () => {
      const answer = await dryDeletion(cluster, resource, probe);
      if (isDenied(answer, policy)) return `to delete ${probe.name}, in a dry run: ${answer.message}`;
      const instead = answer.allowed ? 'is allowed' : `is answered with ${answer.status}: ${answer.message}`;
      throw new Error(`${title}: policy ${policy} is not in force: to delete ${probe.name}, in a dry run, ${instead}`);
    },
  };
};
