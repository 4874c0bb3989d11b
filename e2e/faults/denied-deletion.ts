import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import {
  type Cluster,
  type KubernetesObject,
  type Resource,
  resources,
  unlessGone,
} from '../kube/cluster.ts';
import { refusalIn } from '../kube/errors.ts';
import { pathOf } from '../kube/resources.ts';
import type { Fault, FaultKind } from './fault.ts';

/**
 * The answer of the API server to a dry-run deletion. `status` is the HTTP status. `message` is empty unless the
 * server refuses.
 */
type DryDeletion = { allowed: boolean; status: number; message: string };

/** Sends the deletion of an object as a server-side dry run. Nothing is deleted. */
const dryDeletion = async (
  cluster: Cluster,
  resource: Resource,
  object: { namespace: string; name: string },
): Promise<DryDeletion> => {
  const response = await cluster.request(pathOf(resource, object), {
    method: 'DELETE',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', dryRun: ['All'] }),
  });
  const text = await response.text();
  return { allowed: response.ok, status: response.status, message: response.ok ? '' : refusalIn(text) };
};

const schema = z.object({
  policy: z.string(),
  resource: z.object({ group: z.string(), version: z.string(), plural: z.string() }),
  probe: z.object({ namespace: z.string(), name: z.string() }),
});

/**
 * An admission policy that denies a deletion, and an object (`probe`) whose deletion it denies. The binding of the
 * policy has the same name.
 */
type DeniedDeletion = z.infer<typeof schema>;

/** Whether this policy denied the deletion. */
const isDenied = ({ message }: DryDeletion, policy: string): boolean =>
  message.includes(`ValidatingAdmissionPolicy '${policy}'`);

// The API server learns of a new or removed policy through its own watch, within one or two seconds. No object shows
// when that has happened, so the dry run is repeated. In ms.
const policyPropagation = { within: 30_000, every: 100 };

/** Waits until a policy is in force, or gone. Throws after 30 s, and at once if the probe object does not exist. */
export const untilPolicy = async (
  cluster: Cluster,
  { policy, resource, probe }: DeniedDeletion,
  is: 'in force' | 'gone',
): Promise<void> => {
  const end = Date.now() + policyPropagation.within;
  for (;;) {
    const answer = await dryDeletion(cluster, resource, probe);
    if (isDenied(answer, policy) === (is === 'in force')) return;
    if (answer.status === 404)
      throw new Error(`${probe.name} is not there: nothing shows whether policy ${policy} is ${is}`);
    if (Date.now() > end)
      throw new Error(
        `policy ${policy} is not ${is} after ${policyPropagation.within / 1000} s, the time that the API server has to apply the change`,
      );
    await sleep(policyPropagation.every);
  }
};

/**
 * `whose` is a CEL expression on `oldObject`; it is true only for the objects whose deletion is denied. `probe` is
 * one of these objects, used for dry runs. `policy` names the policy and its binding; both get `labels`.
 */
type Options = {
  policy: string;
  labels: Record<string, string>;
  resource: Resource;
  whose: string;
  probe: { namespace: string; name: string };
  title: string;
};

const on = (cluster: Cluster, { policy, labels, resource, whose, probe, title }: Options): Fault => {
  const { group, version, plural } = resource;
  const data: DeniedDeletion = { policy, resource: { group, version, plural }, probe };
  const common = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: policy, labels } };

  return {
    kind: deniedDeletion,
    title,
    data,
    inject: async () => {
      const resourceRules = [
        { apiGroups: [group], apiVersions: [version], operations: ['DELETE'], resources: [plural] },
      ];
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
      throw new Error(
        `${title}: policy ${policy} is not in force: to delete ${probe.name}, in a dry run, ${instead}`,
      );
    },
  };
};

const policyResources = [resources.validatingAdmissionPolicyBindings, resources.validatingAdmissionPolicies];

// Removes the policy and its binding. Returns when deletions are allowed again.
const allow = async (cluster: Cluster, data: unknown): Promise<string> => {
  const denied = schema.parse(data);
  for (const resource of policyResources) {
    await cluster.delete(resource, { name: denied.policy }).catch(unlessGone);
  }
  await untilPolicy(cluster, denied, 'gone');
  return `${denied.policy} is gone`;
};

// Removes all policies of a run. Returns one line for each.
const allowByLabels = async (cluster: Cluster, run: string): Promise<string[]> => {
  const lines: string[] = [];
  for (const resource of policyResources) {
    const { items } = await cluster.list<KubernetesObject>(resource, {
      labelSelector: `corral.test/run=${run}`,
    });
    for (const { metadata } of items) {
      await cluster.delete(resource, { name: metadata.name }).catch(unlessGone);
      lines.push(`${resource.plural} ${metadata.name}: removed`);
    }
  }
  return lines;
};

/**
 * The API server denies the deletion of some objects through an admission policy. The failure policy is `Ignore`, so
 * objects that the policy cannot evaluate are allowed. Kubernetes policies do not expire: the fault lasts until the
 * heal.
 */
export const deniedDeletion = {
  name: 'deniedDeletion',
  ledgerName: 'denied-deletion',
  disruption: 'admission-policy',
  reach: 'none',
  on,
  heal: allow,
  healByLabels: allowByLabels,
  document: {
    about:
      'The API server denies the deletion of some objects: one backup, or the backups, or the snapshots, of one volume.',
    inject:
      'a ValidatingAdmissionPolicy and its binding, for these objects only; a deletion that the policy cannot evaluate is allowed',
    prove: "a deletion of one of them in a dry run is denied, with the policy's message",
    heal: 'both are removed, and the dry run is allowed',
    bound:
      'none, because policies of Kubernetes do not expire; `npx corral heal` and `npx corral cleanup` find it by its label',
    otherUsers: `nobody; the expression is true only for the objects of the scenario's own volume. The API server evaluates it for every deletion of that kind, and allows what it cannot evaluate. After the heal, another API server of the cluster may deny those deletions for one more second`,
    'in scenarios': '`given.faultyCleanup`, `given.deletionDenied`',
  },
} as const satisfies FaultKind & { on: typeof on };
