import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** The server's end of a WebSocket, as far as an exec needs it: whole binary messages, no compression (RFC 6455). */
export type WebSocketEnd = {
  send(message: Buffer): void;
  onMessage(listener: (message: Buffer) => void): void;
  /** Ends the connection without a closing handshake. */
  destroy(): void;
};

/** The answer to a request to upgrade that accepts it with a subprotocol. */
export const upgradeAnswer = (request: IncomingMessage, protocol: string): string => {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const headers = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`, `Sec-WebSocket-Protocol: ${protocol}`];
  return `HTTP/1.1 101 Switching Protocols\r\n${headers.join('\r\n')}\r\n\r\n`;
};

/** Accepts an upgrade with a subprotocol. */
export const acceptWebSocket = (request: IncomingMessage, socket: Duplex, protocol: string): WebSocketEnd => {
  socket.write(upgradeAnswer(request, protocol));
  let listener = (_message: Buffer) => {};
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let frame = readFrame(rest); frame !== undefined; frame = readFrame(rest)) {
      rest = rest.subarray(frame.length);
      if (frame.opcode === 2) listener(frame.payload);
    }
  });
  socket.on('error', () => {});
  return {
    send: (message) => socket.write(serverFrame(message)),
    onMessage: (next) => {
      listener = next;
    },
    destroy: () => socket.destroy(),
  };
};

/** The server's frame of a binary message. */
export const serverFrame = (message: Buffer): Buffer => Buffer.concat([frameHeader(message.length), message]);

/** The server's frame that says the end: normal closure. */
export const closeFrame: Buffer = Buffer.from([0x88, 2, 0x03, 0xe8]);

const frameHeader = (length: number): Buffer => {
  const binary = 0x82;
  if (length < 126) return Buffer.from([binary, length]);
  const header = Buffer.from([binary, 126, 0, 0]);
  header.writeUInt16BE(length, 2);
  return header;
};

// A client's frame: opcode, length, a mask of four bytes, the masked payload.
const readFrame = (bytes: Buffer): { opcode: number; payload: Buffer; length: number } | undefined => {
  if (bytes.length < 14 && bytes.length < 6 + ((bytes[1] ?? 0) & 0x7f)) return undefined;
  const short = (bytes[1] ?? 0) & 0x7f;
  const start = short === 127 ? 10 : short === 126 ? 4 : 2;
  const size = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  const length = start + 4 + size;
  if (bytes.length < length) return undefined;
  const mask = bytes.subarray(start, start + 4);
  const payload = Buffer.from(bytes.subarray(start + 4, length));
  for (let at = 0; at < size; at += 1) payload[at] = (payload[at] ?? 0) ^ (mask[at % 4] ?? 0);
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload, length };
};
