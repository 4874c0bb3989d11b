import { createHash } from 'node:crypto';
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

// What a server says byte by byte, where it matters what comes in one packet (RFC 6455).

/** The answer to a request to upgrade that accepts it with a subprotocol. */
export const upgradeAnswer = (request: IncomingMessage, protocol: string): string => {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  const headers = [
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    `Sec-WebSocket-Protocol: ${protocol}`,
  ];
  return `HTTP/1.1 101 Switching Protocols\r\n${headers.join('\r\n')}\r\n\r\n`;
};

/** The server's frame of a binary message of less than 64 KiB. */
export const serverFrame = (message: Buffer): Buffer => {
  if (message.length < 126) return Buffer.concat([Buffer.from([0x82, message.length]), message]);
  const header = Buffer.from([0x82, 126, 0, 0]);
  header.writeUInt16BE(message.length, 2);
  return Buffer.concat([header, message]);
};

/** The server's frame that says the end: normal closure. */
export const closeFrame: Buffer = Buffer.from([0x88, 2, 0x03, 0xe8]);
