import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, resources } from '../../e2e/kube/cluster.ts';
import type { State } from './schedule.ts';

/**
 * Brings all states about in a namespace, each by one request, and gives how long each lived, in ms. An object is made with its first state and
 * deleted after its last. A life is counted from the server's answer to the request that began it to its answer to the one that ended it.
 */
export const playStates = async (
  cluster: Cluster,
  { namespace, states }: { namespace: string; states: readonly State[] },
): Promise<number[]> => {
  const lived: number[] = [];
  let before = 0;
  for (const [index, { object: name, state, life }] of states.entries()) {
    const labels = { state };
    const sent = performance.now();
    const isFirst = states[index - 1]?.object !== name;
    if (isFirst) await cluster.create(resources.configMaps, { metadata: { namespace, name, labels } });
    else await cluster.patch(resources.configMaps, { namespace, name }, { metadata: { labels } });
    const begun = performance.now();
    if (!isFirst) lived.push(begun - before);
    await delay(Math.max(0, sent + life - performance.now()));
    if (states[index + 1]?.object !== name) {
      await cluster.delete(resources.configMaps, { namespace, name });
      lived.push(performance.now() - begun);
    }
    before = begun;
  }
  return lived;
};
