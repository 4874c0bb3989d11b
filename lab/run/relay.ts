import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';

// A pipe whose one end has closed does not read the other any more, and what does not read never learns that
// its peer is gone: it would stay open for good, and after 20,000 of them (two hours of scenarios) the lab's
// API server could not be reached.
const closeWith = (one: Socket, other: Socket): void => {
  one.on('error', () => other.destroy());
  one.on('close', () => other.destroySoon());
};

/**
 * Makes a server that joins each connection to it with one of its own to the target. When either ends or
 * fails, the other is closed, as soon as it has all that was sent to it.
 */
export const relayTo = (target: NetConnectOpts): Server =>
  createServer((client) => {
    const upstream = connect(target);
    closeWith(client, upstream);
    closeWith(upstream, client);
    client.pipe(upstream).pipe(client);
  });
