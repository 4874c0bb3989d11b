import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

export type WebSocketEnd = ReturnType<typeof acceptWebSocket>;

/** Accepts an upgrade with a subprotocol. The WebSocket supports only whole binary messages, which exec uses. */
export const acceptWebSocket = (request: IncomingMessage, socket: Duplex, protocol: string) => {
  let end: WebSocket | undefined;
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => protocol });
  server.handleUpgrade(request, socket, Buffer.alloc(0), (accepted) => {
    end = accepted.on('error', () => {});
  });
  return {
    send: (message: Buffer) => end?.send(message),
    onMessage: (listener: (message: Buffer) => void) =>
      void end?.on('message', (message: Buffer) => listener(message)),
    /** Ends the connection without a closing handshake. */
    destroy: () => void socket.destroy(),
  };
};
