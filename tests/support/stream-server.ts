import type { IncomingMessage, ServerResponse } from 'node:http';
import type { connect } from '../../e2e/kube/cluster.ts';
import type { Schedule } from '../history/schedules/schedule.ts';
import { createWorld, type Director, type World } from './stream-server-world.ts';
import { startStubServer } from './stub-api-server.ts';

/** Starts one HTTP server for any number of worlds, each in a namespace of its own. */
export const startStreamServer = async () => {
  const worlds = new Map<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>>();
  const server = await startStubServer({
    answer: (response, request) => {
      const [, namespace = ''] = /namespaces\/([^/]+)\//.exec(request.url ?? '') ?? [];
      // What goes wrong in here shows as a watcher that never gets to the end.
      worlds
        .get(namespace)?.(request, response)
        .catch((error) => response.destroy(error));
    },
    user: { token: 'x' },
  });
  let count = 0;
  return {
    open: (schedule: Schedule, director: Director, connecting: typeof connect): World => {
      count += 1;
      const namespace = `world-${count}`;
      const { answer, ...world } = createWorld({
        schedule,
        director,
        cluster: connecting({ kubeconfig: server.kubeconfig }),
        namespace,
      });
      worlds.set(namespace, answer);
      return world;
    },
    close: server.stop,
  };
};
