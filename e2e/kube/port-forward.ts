import type { Duplex } from 'node:stream';
import type { KubeConfig } from '@kubernetes/client-node';
import WebSocket, { type ClientOptions } from 'ws';
import { ExecError } from './errors.ts';
import type { PodTarget } from './exec.ts';

/** A port of a pod: the number on which its container listens. */
type PodPort = Pick<PodTarget, 'namespace' | 'name'> & { port: number };

/**
 * Connects a stream to a port of a pod. Rejects, without touching the stream, if there is no connection. Each side
 * ends after it has received all data of the other. A half-close is a close, because the protocol has no half-close.
 */
export type ForwardSocket = (to: PodPort, socket: Duplex) => Promise<void>;

// The WebSocket protocol of container runtimes: each message is a channel number and bytes. The first message of a
// channel is the port, in two bytes.
const protocol = 'v4.channel.k8s.io';
const channels = { data: 0, error: 1 } as const;

/** How long opening a connection may take, in ms. It includes the API server's 30 s for reaching a node. */
const mostToOpen = 60_000;

/** How long the API server may take to close a connection that one side has closed, in ms. */
const mostToEnd = 800;

/** How long the API server may take to read the remaining data of a client that has closed, in ms. */
const mostToSend = 10_000;

/** How many unsent bytes may be buffered before reading from the stream pauses. */
const mostUnsent = 1 << 20;

/** Returns a function that forwards streams through the API server, with the TLS and authentication of a kubeconfig. */
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
    // Before the connection opens, because data and the end of the pod's side may arrive in the same packet as the
    // response.
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

/** Forwards the data of the pod, and then the end. */
const handOnFromPod = (connection: WebSocket, socket: Duplex): void => {
  const begun = new Set<number>();
  connection.on('message', (message: Buffer) => {
    const channel = message[0] ?? channels.data;
    const bytes = message.subarray(begun.has(channel) ? 1 : 3);
    begun.add(channel);
    if (bytes.length === 0) return;
    // Any message on the error channel means the end: nothing listens on the port, or the connection to it broke.
    if (channel !== channels.data) connection.terminate();
    else if (socket.writable && !socket.write(bytes)) connection.pause();
  });
  socket.on('drain', () => connection.resume());
  connection.once('upgrade', ({ socket: carrier }) =>
    carrier.once('end', () => setTimeout(() => connection.terminate(), mostToEnd)),
  );
  connection.once('open', () => connection.once('close', () => socket.end()));
};

/** Forwards the data of the client, and then the end. */
const handOnFromClient = (socket: Duplex, connection: WebSocket): void => {
  socket.on('data', (bytes: Buffer) => {
    connection.send(Buffer.concat([Buffer.of(channels.data), bytes]), () => socket.resume());
    if (connection.bufferedAmount > mostUnsent) socket.pause();
  });
  socket.once('end', () => {
    // Further data of the pod have no reader.
    connection.resume();
    const stuck = setTimeout(() => connection.terminate(), mostToSend);
    connection.once('close', () => clearTimeout(stuck));
    // The ping is sent after all data, and its callback shows that they were sent.
    connection.ping('', true, () => connection.close());
  });
};
