import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** The server's end of a WebSocket, as far as an exec needs it: whole binary messages. */
export type WebSocketEnd = {
  send(message: Buffer): void;
  onMessage(listener: (message: Buffer) => void): void;
  /** Ends the connection without a closing handshake. */
  destroy(): void;
};

/** Accepts an upgrade with a subprotocol. */
export const acceptWebSocket = (request: IncomingMessage, socket: Duplex, protocol: string): WebSocketEnd => {
  let end: WebSocket | undefined;
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => protocol });
  server.handleUpgrade(request, socket, Buffer.alloc(0), (accepted) => {
    end = accepted.on('error', () => {});
  });
  return {
    send: (message) => end?.send(message),
    onMessage: (listener) => void end?.on('message', (message: Buffer) => listener(message)),
    destroy: () => void socket.destroy(),
  };
};
