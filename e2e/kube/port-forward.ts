import type { Duplex } from 'node:stream';
import type { KubeConfig } from '@kubernetes/client-node';
import WebSocket, { type ClientOptions } from 'ws';
import { ExecError } from './errors.ts';
import type { PodTarget } from './exec.ts';

/** A port of a pod: the number that its container listens on. */
export type PodPort = Pick<PodTarget, 'namespace' | 'name'> & { port: number };

/**
 * Makes the connection of a socket of this machine to a port of a pod. Rejects, and leaves the socket alone,
 * where there is none. Both end together, each after all that the other had sent; a half end is an end, as
 * the protocol of the forward has no other.
 */
export type ForwardSocket = (to: PodPort, socket: Duplex) => Promise<void>;

// The protocol of containers' runtimes: messages of a channel's number and its bytes. Each channel begins
// with the port, in two bytes.
const protocol = 'v4.channel.k8s.io';
const channels = { data: 0, error: 1 } as const;

/** How long a connection may take to open, in ms: the API server's own 30 s to reach a node are in it. */
const mostToOpen = 60_000;

/** How long the API server may take to end a connection that one side has ended, in ms. */
const mostToEnd = 800;

/** How long the API server may take to read the rest of what a client sent that has ended, in ms. */
const mostToSend = 10_000;

/** What may wait for the API server to take it, in bytes, before the socket is read no further. */
const mostUnsent = 1 << 20;

/** Forwards sockets through the API server, with the TLS and the authentication of a kubeconfig. */
export const createForward =
  (config: KubeConfig): ForwardSocket =>
  async ({ namespace, name, port }, socket) => {
    const server = config.getCurrentCluster()?.server.replace(/^http/, 'ws').replace(/\/+$/, '');
    const options: ClientOptions & { closeTimeout: number } = {
      handshakeTimeout: mostToOpen,
      closeTimeout: mostToEnd,
      perMessageDeflate: false,
    };
    await config.applyToHTTPSOptions(options);
    const connection = new WebSocket(
      `${server}/api/v1/namespaces/${namespace}/pods/${name}/portforward?ports=${port}`,
      protocol,
      options,
    );
    const opened = Promise.withResolvers<void>();
    connection.once('open', opened.resolve).on('error', opened.reject);
    // From the beginning on: what the pod sends, and its end, can come in one packet with the answer.
    handOnFromPod(connection, socket);
    const leave = (): void => {
      if (!socket.readableEnded) connection.terminate();
    };
    socket.once('close', leave);
    if (socket.destroyed) leave();
    await opened.promise.catch((cause: Error) => {
      socket.off('close', leave);
      if (socket.destroyed) return;
      throw new ExecError(`no forward to port ${port} of ${namespace}/${name}: ${cause.message}`, { cause });
    });
    handOnFromClient(socket, connection);
  };

/** Hands on what the pod sends, and after that its end. */
const handOnFromPod = (connection: WebSocket, socket: Duplex): void => {
  const begun = new Set<number>();
  connection.on('message', (message: Buffer) => {
    const channel = message[0] ?? channels.data;
    const bytes = message.subarray(begun.has(channel) ? 1 : 3);
    begun.add(channel);
    if (bytes.length === 0) return;
    // Whatever is said on the channel of errors is the end: nobody listens at the port, or the connection to
    // it broke.
    if (channel !== channels.data) connection.terminate();
    else if (socket.writable && !socket.write(bytes)) connection.pause();
  });
  socket.on('drain', () => connection.resume());
  connection.once('upgrade', ({ socket: carrier }) =>
    carrier.once('end', () => setTimeout(() => connection.terminate(), mostToEnd)),
  );
  connection.once('open', () => connection.once('close', () => socket.end()));
};

/** Hands on what the client sends, and after that its end. */
const handOnFromClient = (socket: Duplex, connection: WebSocket): void => {
  socket.on('data', (bytes: Buffer) => {
    connection.send(Buffer.concat([Buffer.of(channels.data), bytes]), () => socket.resume());
    if (connection.bufferedAmount > mostUnsent) socket.pause();
  });
  socket.once('end', () => {
    // What the pod still says is for nobody.
    connection.resume();
    const stuck = setTimeout(() => connection.terminate(), mostToSend);
    connection.once('close', () => clearTimeout(stuck));
    // It is sent after all that was sent before, and says when that has been.
    connection.ping('', true, () => connection.close());
  });
};
