import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createFrameReader, encodeFrame, opcodes } from './frames.ts';

/** A WebSocket to one client, from the server's side. */
export type Connection = {
  send(text: string): void;
  ping(): void;
  /** Called once, whoever ended it. */
  onClose(listener: () => void): void;
  /** Ends it without a word. */
  destroy(): void;
};

/** What a client may leave unread, in bytes, before it counts as gone. */
const mostUnread = 1 << 26;

// RFC 6455, 1.3.
const acceptKey = (key: string): string => createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** Takes over the connection of a request to upgrade; answers 400 and gives undefined if that is no WebSocket's. */
export const accept = ({ headers, method }: IncomingMessage, socket: Duplex, head: Buffer): Connection | undefined => {
  const key = headers['sec-websocket-key'];
  if (method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket' || headers['sec-websocket-version'] !== '13' || !key) {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    return undefined;
  }
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptKey(key)}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const write = (opcode: number, payload: Uint8Array): void => {
    if (socket.writable) socket.write(encodeFrame(opcode, payload));
    if (socket.writableLength > mostUnread) socket.destroy();
  };
  const read = createFrameReader();
  // What came together with the request.
  if (head.length > 0) socket.unshift(head);
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const { opcode, payload } of read(chunk)) {
        if (opcode === opcodes.ping) write(opcodes.pong, payload);
        if (opcode === opcodes.close) {
          write(opcodes.close, payload);
          socket.end();
        }
      }
    } catch {
      socket.destroy();
    }
  });
  return {
    send: (text) => write(opcodes.text, Buffer.from(text)),
    ping: () => write(opcodes.ping, Buffer.alloc(0)),
    onClose: (listener) => void socket.once('close', listener),
    destroy: () => void socket.destroy(),
  };
};
