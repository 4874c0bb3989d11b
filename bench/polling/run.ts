import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, resources } from '../../e2e/kube/cluster.ts';
import { startApiServer } from '../../tests/support/api-server.ts';
import { readCost } from './cost.ts';
import { nobody, type Observer, poll, watch } from './observers.ts';
import { playStates } from './play.ts';
import { each, lives, schedule } from './schedule.ts';
import { pollingTable, type Round } from './table.ts';

const observers: [title: string, observer: Observer][] = [
  ['nobody', nobody],
  ['watch', watch],
  ['poll, 50 ms', poll(50)],
  ['poll, 1 s', poll(1_000)],
];

/** The server counts a request some ms after it has answered it. */
const COUNTED_MS = 500;

/**
 * Sets this suite's watch beside polls on a real API server: the same states for each, one after the other, and how many it saw and what that
 * cost the server, which is read from its own metrics. Nothing else speaks to that server. Returns the table.
 */
export const benchPolling = async (tell: (line: string) => void): Promise<string> => {
  const server = await startApiServer();
  try {
    const cluster = await server.connect();
    const rounds: Round[] = [];
    for (const [index, [title, observer]] of observers.entries()) {
      tell(`${title}: ${lives.length * each} states`);
      rounds.push({ title, ...(await playRound(cluster, { observer, namespace: `round-${index}` })) });
    }
    return pollingTable(rounds);
  } finally {
    await server.stop();
  }
};

const playRound = async (
  cluster: Cluster,
  { observer, namespace }: { observer: Observer; namespace: string },
): Promise<Omit<Round, 'title'>> => {
  await cluster.create(resources.namespaces, { metadata: { name: namespace } });
  const before = await readCost(cluster);
  const end = await observer(cluster, namespace);
  const lived = await playStates(cluster, { namespace, states: schedule() });
  const seen = await end();
  await delay(COUNTED_MS);
  const after = await readCost(cluster);
  return { seen, lived, cost: { requests: after.requests - before.requests, cpuSeconds: after.cpuSeconds - before.cpuSeconds } };
};
