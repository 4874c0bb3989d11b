import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listen } from './serving.ts';

/** Starts a network that can fail between a client on loopback and a port of loopback, or of a host. */
export const startTcpProxy = async (target: number, host = '127.0.0.1') => {
  const open = new Set<Socket>();
  let refusing = false;
  const server = createServer((client) => {
    if (refusing) return client.destroy();
    const upstream = connect(target, host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  const port = await listen(server);
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port,
    /** Breaks every connection. */
    cut,
    /** Every connection stays open and carries nothing, as when a machine in between dies; new ones work. */
    freeze: () => {
      for (const socket of open) socket.unpipe().pause();
    },
    /** From now on new connections are broken at once. */
    refuse: () => {
      refusing = true;
    },
    accept: () => {
      refusing = false;
    },
    close: async () => {
      const closed = once(server.close(), 'close');
      cut();
      await closed;
    },
  };
};
