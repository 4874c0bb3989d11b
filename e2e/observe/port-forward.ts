import type { Socket } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { type KubeConfig, PortForward } from '@kubernetes/client-node';
import { WebSocketHandler } from '@kubernetes/client-node/dist/web-socket-handler.js';
import { ExecError } from './errors.ts';
import type { PodTarget } from './exec.ts';

/** A port of a pod: the number that its container listens on. */
export type PodPort = Pick<PodTarget, 'namespace' | 'name'> & { port: number };

/** Makes the connection of a socket of this machine to a port of a pod; both end together. Rejects, and leaves the socket alone, where there is none. */
export type ForwardSocket = (to: PodPort, socket: Socket) => Promise<void>;

type Connection = { close(): void; terminate(): void; onclose: unknown; onerror: unknown };

/** Forwards sockets through the API server, with the TLS and the authentication of a kubeconfig. */
export const createForward =
  (config: KubeConfig): ForwardSocket =>
  async ({ namespace, name, port }, socket) => {
    const toSocket = new Writable({ write: (chunk, _encoding, done) => void socket.write(chunk, () => done()) });
    // Whatever is said on the channel of errors is the end: nobody listens at the port. It begins with nothing at all.
    const refused = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (chunk.length > 0) socket.destroy();
        done();
      },
    });
    // Its own streams: the default ones are this process's, and a server that closes a channel would close them.
    const streams = { stdin: Readable.from([]), stdout: new Writable(), stderr: new Writable() };
    const forward = new PortForward(config, true, new WebSocketHandler(config, undefined, streams));
    const connection = (await forward.portForward(namespace, name, [port], toSocket, refused, socket).catch((event: unknown) => {
      const { message, error } = event as { message?: string; error?: unknown };
      throw new ExecError(`no forward to port ${port} of ${namespace}/${name}: ${message ?? 'no connection'}`, { cause: error ?? event });
    })) as unknown as Connection;
    connection.onclose = () => socket.end();
    connection.onerror = () => socket.destroy();
    socket.on('close', () => connection.terminate());
    if (socket.destroyed) connection.terminate();
  };
