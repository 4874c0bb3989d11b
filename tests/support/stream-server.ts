import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { connect } from '../../e2e/kube/cluster.ts';
import type { Schedule } from '../history/schedules/schedule.ts';
import { createWorld, type Director, type World } from './stream-server-world.ts';

/** Starts one HTTP server for any number of worlds, each in a namespace of its own. */
export const startStreamServer = async () => {
  const worlds = new Map<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>>();
  const server = createServer((request, response) => {
    const [, namespace = ''] = /namespaces\/([^/]+)\//.exec(request.url ?? '') ?? [];
    // What goes wrong in here shows as a watcher that never gets to the end.
    worlds
      .get(namespace)?.(request, response)
      .catch((error) => response.destroy(error));
  }).listen(0, '127.0.0.1');
  // A connection that is closed for being idle could be just the one that is used again.
  server.keepAliveTimeout = 0;
  await once(server, 'listening');
  const dir = await mkdtemp(join(tmpdir(), 'corral-stream-server-'));
  const kubeconfig = join(dir, 'kubeconfig');
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const contexts = [{ name: 'x', context: { cluster: 'x', user: 'x' } }];
  const clusters = [{ name: 'x', cluster: { server: url, 'insecure-skip-tls-verify': true } }];
  await writeFile(kubeconfig, stringify({ clusters, contexts, users: [{ name: 'x', user: { token: 'x' } }], 'current-context': 'x' }));
  let count = 0;
  return {
    open: (schedule: Schedule, director: Director, connecting: typeof connect): World => {
      count += 1;
      const namespace = `world-${count}`;
      const { answer, ...world } = createWorld({ schedule, director, cluster: connecting({ kubeconfig }), namespace });
      worlds.set(namespace, answer);
      return world;
    },
    close: async () => {
      await rm(dir, { recursive: true });
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
};
