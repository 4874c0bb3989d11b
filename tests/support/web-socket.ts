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

/** Accepts an upgrade with a subprotocol. */
export const acceptWebSocket = (request: IncomingMessage, socket: Duplex, protocol: string): WebSocketEnd => {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const headers = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`, `Sec-WebSocket-Protocol: ${protocol}`];
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join('\r\n')}\r\n\r\n`);
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
    send: (message) => socket.write(Buffer.concat([frameHeader(message.length), message])),
    onMessage: (next) => {
      listener = next;
    },
    destroy: () => socket.destroy(),
  };
};

const frameHeader = (length: number): Buffer => {
  const binary = 0x82;
  if (length < 126) return Buffer.from([binary, length]);
  const header = Buffer.from([binary, 126, 0, 0]);
  header.writeUInt16BE(length, 2);
  return header;
};

// A client's frame: opcode, length, a mask of four bytes, the masked payload. A length of 127 (64 bits) is more than any test sends.
const readFrame = (bytes: Buffer): { opcode: number; payload: Buffer; length: number } | undefined => {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] ?? 0) & 0x7f;
  const start = short === 126 ? 4 : 2;
  if (bytes.length < start + 4) return undefined;
  const size = short === 126 ? bytes.readUInt16BE(2) : short;
  const length = start + 4 + size;
  if (bytes.length < length) return undefined;
  const mask = bytes.subarray(start, start + 4);
  const payload = bytes.subarray(start + 4, length).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload: Buffer.from(payload), length };
};
