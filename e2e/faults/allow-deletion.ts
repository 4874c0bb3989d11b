import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Cluster, resources, unlessGone } from '../kube/cluster.ts';
import { type DryDeletion, dryDeletion } from './dry-deletion.ts';

const schema = z.object({
  policy: z.string(),
  resource: z.object({ group: z.string(), version: z.string(), plural: z.string() }),
  probe: z.object({ namespace: z.string(), name: z.string() }),
});

/** An admission policy (and its binding, of the same name) that denies a deletion, and an object that it denies it for. */
export type DeniedDeletion = z.infer<typeof schema>;

/** Whether a deletion was denied by this policy, and by nothing else. */
export const isDenied = ({ message }: DryDeletion, policy: string): boolean => message.includes(`ValidatingAdmissionPolicy '${policy}'`);

// A policy counts, or does so no more, when the API server has heard of it by a watch of its own: within a second or two. Nothing tells
// when that is but the answer to a request, so the request is repeated: the one thing here that asks again and again.
const heardOf = { within: 30_000, every: 100 };

/** Waits until a policy is in force, or is so no more; throws after 30 s, and at once when there is nothing to ask about. */
export const untilPolicy = async (
  cluster: Cluster,
  { policy, resource, probe }: DeniedDeletion,
  is: 'in force' | 'gone',
): Promise<void> => {
  const end = Date.now() + heardOf.within;
  for (;;) {
    const answer = await dryDeletion(cluster, resource, probe);
    if (isDenied(answer, policy) === (is === 'in force')) return;
    if (answer.status === 404) throw new Error(`${probe.name} is not there: nothing tells whether policy ${policy} is ${is}`);
    if (Date.now() > end)
      throw new Error(`policy ${policy} is not ${is} after ${heardOf.within / 1000} s (the API server's, to hear of it)`);
    await sleep(heardOf.every);
  }
};

/** Removes the policy and its binding, and returns when deletions are allowed again. */
export const allowDeletion = async (cluster: Cluster, data: unknown): Promise<string> => {
  const denied = schema.parse(data);
  for (const resource of [resources.validatingAdmissionPolicyBindings, resources.validatingAdmissionPolicies]) {
    await cluster.delete(resource, { name: denied.policy }).catch(unlessGone);
  }
  await untilPolicy(cluster, denied, 'gone');
  return `${denied.policy} is gone`;
};
