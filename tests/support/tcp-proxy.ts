import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listen } from './serving.ts';

/** A network between a client and a server on loopback that can fail. */
export type TcpProxy = {
  port: number;
  /** Breaks every connection. */
  cut(): void;
  /**
   * Keeps every connection open and carries nothing over it, as when a machine in between dies; new
   * connections work.
   */
  freeze(): void;
  /** From now on new connections are broken at once. */
  refuse(): void;
  accept(): void;
  /** How many connections were made so far. */
  connections(): number;
  /** Resolves with the next connection. */
  connected(): Promise<unknown>;
  close(): Promise<void>;
};

/** Starts a proxy to a port of loopback, or of a host. */
export const startTcpProxy = async (target: number, host = '127.0.0.1'): Promise<TcpProxy> => {
  const open = new Set<Socket>();
  let refusing = false;
  let count = 0;
  const server = createServer((client) => {
    count += 1;
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
    cut,
    freeze: () => {
      for (const socket of open) socket.unpipe().pause();
    },
    refuse: () => {
      refusing = true;
    },
    accept: () => {
      refusing = false;
    },
    connections: () => count,
    connected: () => once(server, 'connection'),
    close: async () => {
      const closed = once(server.close(), 'close');
      cut();
      await closed;
    },
  };
};
