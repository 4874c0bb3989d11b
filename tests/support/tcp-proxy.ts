import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listen } from './serving.ts';

/** Starts a TCP proxy on loopback to a port of loopback or of a host. Its connections can be made to fail. */
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
    /** Breaks all connections. */
    cut,
    /** All connections stay open without data, as if a machine in between had died. New ones work. */
    freeze: () => {
      for (const socket of open) socket.unpipe().pause();
    },
    /** Breaks new connections at once. */
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
