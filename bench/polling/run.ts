import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, resources } from '../../e2e/kube/cluster.ts';
import { startApiServer } from '../../tests/support/api-server.ts';
import { readCost } from './cost.ts';
import { nobody, poll, type StateObserver, watch } from './observers.ts';
import { each, lives, type State, schedule } from './schedule.ts';
import { pollingTable, type Round } from './table.ts';

const observers: [title: string, observer: StateObserver][] = [
  ['nobody', nobody],
  ['watch', watch],
  ['poll, 50 ms', poll(50)],
  ['poll, 1 s', poll(1_000)],
];

/** The server counts a request some ms after it has answered it. */
const COUNTED_MS = 500;

/**
 * Sets this suite's watch beside polls on a real API server: the same states for each, one after the other,
 * and how many it saw and what that cost the server, which is read from its own metrics. Nothing else speaks
 * to that server. Returns the table.
 */
export const benchPolling = async (print: (line: string) => void): Promise<string> => {
  const server = await startApiServer();
  try {
    const cluster = await server.connect();
    const rounds: Round[] = [];
    for (const [index, [title, observer]] of observers.entries()) {
      print(`${title}: ${lives.length * each} states`);
      rounds.push({ title, ...(await playRound(cluster, { observer, namespace: `round-${index}` })) });
    }
    return pollingTable(rounds);
  } finally {
    await server.stop();
  }
};

const playRound = async (
  cluster: Cluster,
  { observer, namespace }: { observer: StateObserver; namespace: string },
): Promise<Omit<Round, 'title'>> => {
  await cluster.create(resources.namespaces, { metadata: { name: namespace } });
  const before = await readCost(cluster);
  const end = await observer(cluster, namespace);
  const lived = await playStates(cluster, { namespace, states: schedule() });
  const seen = await end();
  await delay(COUNTED_MS);
  const after = await readCost(cluster);
  return {
    seen,
    lived,
    cost: { requests: after.requests - before.requests, cpuSeconds: after.cpuSeconds - before.cpuSeconds },
  };
};

/**
 * Brings all states about in a namespace, each by one request, and gives how long each lived, in ms. An
 * object is made with its first state and deleted after its last. A life is counted from the server's answer
 * to the request that began it to its answer to the one that ended it.
 */
const playStates = async (
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
