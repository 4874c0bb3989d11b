import { rmSync } from 'node:fs';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import { buffer } from 'node:stream/consumers';

/** The fields of a protobuf message that are strings or messages, by number. A repeated one has several values. */
export type Fields = ReadonlyMap<number, readonly Buffer[]>;

const readVarint = (bytes: Buffer, at: number): { value: number; next: number } => {
  let value = 0;
  for (let next = at, unit = 1; ; unit *= 128) {
    const byte = bytes[next++] ?? 0;
    value += (byte & 0x7f) * unit;
    if (byte < 0x80) return { value, next };
  }
};

const fixedSizes: Record<number, number> = { 1: 8, 5: 4 };

export const decodeFields = (message: Buffer): Fields => {
  const fields = new Map<number, Buffer[]>();
  for (let at = 0; at < message.length; ) {
    const { value: tag, next } = readVarint(message, at);
    const type = tag & 7;
    const { value, next: end } = type === 0 || type === 2 ? readVarint(message, next) : { value: 0, next };
    if (type === 2)
      fields.set(tag >>> 3, [...(fields.get(tag >>> 3) ?? []), message.subarray(end, end + value)]);
    at = end + (type === 2 ? value : (fixedSizes[type] ?? 0));
  }
  return fields;
};

/** Writes a protobuf message of strings of up to 127 bytes, by number. */
export const encodeStrings = (strings: Record<number, string>): Buffer =>
  Buffer.concat(
    Object.entries(strings).map(([number, text]) =>
      Buffer.concat([Buffer.from([(Number(number) << 3) | 2, Buffer.byteLength(text)]), Buffer.from(text)]),
    ),
  );

/** The methods of a service by path. Each gets the fields of its request and returns its response. */
export type Methods = Record<string, (request: Fields) => Promise<Buffer>>;

const codes = { internal: 13, unimplemented: 12 };

const fail = (stream: ServerHttp2Stream, code: number, message: string): void =>
  stream.respond(
    {
      ...{ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': String(code) },
      'grpc-message': encodeURIComponent(message),
    },
    { endStream: true },
  );

const answer = async (stream: ServerHttp2Stream, path: string, methods: Methods): Promise<void> => {
  const call = methods[path];
  if (call === undefined) return fail(stream, codes.unimplemented, `not emulated: ${path}`);
  try {
    // A message follows a byte for its compression and four for its length.
    const response = await call(decodeFields((await buffer(stream)).subarray(5)));
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(response.length, 1);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.concat([prefix, response]));
  } catch (error) {
    fail(stream, codes.internal, (error as Error).message);
  }
};

/** Serves unary gRPC on a Unix socket. An earlier process may have left the socket. */
export const serveGrpc = (socket: string, methods: Methods, signal: AbortSignal): Promise<void> => {
  rmSync(socket, { force: true });
  const server = createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    void answer(stream, headers[':path'] ?? '', methods);
  });
  signal.addEventListener('abort', () => server.close(), { once: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.on('error', reject).listen(socket, resolve);
  return promise;
};
