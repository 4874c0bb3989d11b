import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { connect } from '../../e2e/kube/cluster.ts';
import type { Schedule } from '../history/schedules/schedule.ts';
import { end, kubeconfigOf, listen } from './serving.ts';
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
  });
  // A connection that is closed for being idle could be just the one that is used again.
  server.keepAliveTimeout = 0;
  const { kubeconfig, remove } = await kubeconfigOf(`http://127.0.0.1:${await listen(server)}`, {
    token: 'x',
  });
  let count = 0;
  return {
    open: (schedule: Schedule, director: Director, connecting: typeof connect): World => {
      count += 1;
      const namespace = `world-${count}`;
      const { answer, ...world } = createWorld({
        schedule,
        director,
        cluster: connecting({ kubeconfig }),
        namespace,
      });
      worlds.set(namespace, answer);
      return world;
    },
    close: async () => {
      await remove();
      await end(server);
    },
  };
};
