import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';

// A pipe whose one end has closed stops reading the other, and a socket that is not read never notices that
// its peer is gone. It would stay open permanently: after 20,000 of them (two hours of scenarios) the lab's
// API server was unreachable.
const closeWith = (one: Socket, other: Socket): void => {
  one.on('error', () => other.destroy());
  one.on('close', () => other.destroySoon());
};

/**
 * Creates a server that connects each client to the target. When one side ends or fails, the other is closed
 * after it has received all data.
 */
export const createRelay = (target: NetConnectOpts): Server =>
  createServer((client) => {
    const upstream = connect(target);
    closeWith(client, upstream);
    closeWith(upstream, client);
    client.pipe(upstream).pipe(client);
  });
