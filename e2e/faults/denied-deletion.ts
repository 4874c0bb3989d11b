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
 * The answer of the API server to a deletion, or a change, as a dry run. `status` is the HTTP status. `message` is empty unless the
 * server refuses.
 */
type Answer = { allowed: boolean; status: number; message: string };

/** Sends the request that a policy denies as a server-side dry run. Nothing is deleted or changed. */
const dryRequest = async (cluster: Cluster, { resource, probe, change }: DeniedDeletion): Promise<Answer> => {
  const [method, type, body] =
    change === undefined
      ? (['DELETE', 'json', { apiVersion: 'v1', kind: 'DeleteOptions', dryRun: ['All'] }] as const)
      : (['PATCH', 'merge-patch+json', change] as const);
  const response = await cluster.request(`${pathOf(resource, probe)}${change ? '?dryRun=All' : ''}`, {
    method,
    headers: { 'content-type': `application/${type}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { allowed: response.ok, status: response.status, message: response.ok ? '' : refusalIn(text) };
};

const schema = z.object({
  policy: z.string(),
  resource: z.object({ group: z.string(), version: z.string(), plural: z.string() }),
  probe: z.object({ namespace: z.string(), name: z.string() }),
  /** A merge patch, if it denies that and no deletion. */
  change: z.record(z.string(), z.unknown()).optional(),
});

/**
 * An admission policy that denies a deletion, or a change, and an object (`probe`) for which it denies that. The binding
 * of the policy has the same name.
 */
type DeniedDeletion = z.infer<typeof schema>;

/** Whether this policy denied the request. */
const isDenied = ({ message }: Answer, policy: string): boolean =>
  message.includes(`ValidatingAdmissionPolicy '${policy}'`);

// The API server learns of a new or removed policy through its own watch, within one or two seconds. No object shows
// when that has happened, so the dry run is repeated. In ms.
const policyPropagation = { within: 30_000, every: 100 };

/** Waits until a policy is in force, or gone. Throws after 30 s, and at once if the probe object does not exist. */
export const untilPolicy = async (
  cluster: Cluster,
  denied: DeniedDeletion,
  is: 'in force' | 'gone',
): Promise<void> => {
  const { policy, probe } = denied;
  const end = Date.now() + policyPropagation.within;
  for (;;) {
    const answer = await dryRequest(cluster, denied);
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
 * `whose` is a CEL expression on `oldObject`; it is true only for the objects whose deletion is denied. With `change`, a
 * merge patch, it is one on `object`, and true for such changes. `probe` is one of these objects, used for dry runs. `policy` names the policy and its binding; both get `labels`.
 */
type Options = {
  policy: string;
  labels: Record<string, string>;
  resource: Resource;
  whose: string;
  probe: { namespace: string; name: string };
  change?: Record<string, unknown>;
  title: string;
};

const on = (cluster: Cluster, { policy, labels, resource, whose, probe, change, title }: Options): Fault => {
  const { group, version, plural } = resource;
  const data: DeniedDeletion = {
    policy,
    resource: { group, version, plural },
    probe,
    ...(change && { change }),
  };
  const [operation, verb, noun] = change ? ['UPDATE', 'change', 'change'] : ['DELETE', 'delete', 'deletion'];
  const common = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: policy, labels } };

  return {
    kind: deniedDeletion,
    title,
    data,
    inject: async () => {
      const resourceRules = [
        { apiGroups: [group], apiVersions: [version], operations: [operation], resources: [plural] },
      ];
      await cluster.create(resources.validatingAdmissionPolicies, {
        ...common,
        kind: 'ValidatingAdmissionPolicy',
        spec: {
          failurePolicy: 'Ignore',
          matchConstraints: { resourceRules },
          validations: [{ expression: `!(${whose})`, message: `${noun} denied for testing` }],
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
      const answer = await dryRequest(cluster, data);
      if (isDenied(answer, policy)) return `to ${verb} ${probe.name}, in a dry run: ${answer.message}`;
      const instead = answer.allowed ? 'is allowed' : `is answered with ${answer.status}: ${answer.message}`;
      throw new Error(
        `${title}: policy ${policy} is not in force: to ${verb} ${probe.name}, in a dry run, ${instead}`,
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
 * The API server denies the deletion, or a change, of some objects through an admission policy. The failure policy is `Ignore`, so
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
      'The API server denies the deletion of some objects: one backup, or the backups, or the snapshots, of one volume; or a ticket for the attachment of a volume.',
    inject:
      'a ValidatingAdmissionPolicy and its binding, for these objects only; a request that the policy cannot evaluate is allowed',
    prove: "such a request for one of them in a dry run is denied, with the policy's message",
    heal: 'both are removed, and the dry run is allowed',
    bound:
      'none, because policies of Kubernetes do not expire; `npx corral heal` and `npx corral cleanup` find it by its label',
    otherUsers: `nobody; the expression is true only for the objects of the scenario's own volume. The API server evaluates it for every such request for that kind, and allows what it cannot evaluate. After the heal, another API server of the cluster may deny those requests for one more second`,
    'in scenarios': '`given.faultyCleanup`, `given.deletionDenied`, `given.ticketDenied`',
  },
} as const satisfies FaultKind & { on: typeof on };
