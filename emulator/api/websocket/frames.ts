/** Kinds of WebSocket frames (RFC 6455, 5.2), as far as they come or go here. */
export const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const;

export type Frame = { opcode: number; payload: Buffer };

/** Longest payload taken from a client, in bytes; a client of this API has nothing to say but ping, pong and close. */
export const longestPayload = 1 << 16;

/** One whole frame as a server sends it: unmasked. */
export const encodeFrame = (opcode: number, payload: Uint8Array): Buffer => {
  const { length } = payload;
  let head: Buffer;
  if (length < 126) {
    head = Buffer.from([0x80 | opcode, length]);
  } else if (length < 1 << 16) {
    head = Buffer.from([0x80 | opcode, 126, 0, 0]);
    head.writeUInt16BE(length, 2);
  } else {
    head = Buffer.from([0x80 | opcode, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
};

/** How the length of a payload is read if the short one says so, and in how many bytes. */
const longLengths: Record<number, { size: number; read(data: Buffer): number }> = {
  126: { size: 2, read: (data) => data.readUInt16BE(2) },
  127: { size: 8, read: (data) => Number(data.readBigUInt64BE(2)) },
};

/** Reads the first frame of what a client sent, and how many bytes it took; undefined if it is not whole yet. */
const decodeFrame = (data: Buffer): { frame: Frame; size: number } | undefined => {
  const [first, second] = data;
  if (first === undefined || second === undefined) return undefined;
  if (!(second & 0x80)) throw new Error('a frame of a client is not masked');
  const short = second & 0x7f;
  const long = longLengths[short];
  const maskAt = 2 + (long?.size ?? 0);
  if (data.length < maskAt + 4) return undefined;
  const length = long?.read(data) ?? short;
  if (length > longestPayload) throw new Error(`a frame of a client is longer than ${longestPayload} bytes`);
  const size = maskAt + 4 + length;
  if (data.length < size) return undefined;
  const payload = Buffer.from(data.subarray(maskAt + 4, size));
  for (let at = 0; at < length; at += 1) payload.writeUInt8(payload.readUInt8(at) ^ data.readUInt8(maskAt + (at % 4)), at);
  return { frame: { opcode: first & 0x0f, payload }, size };
};

/** Makes a reader that takes a client's bytes as they come and gives the frames that are whole; throws for what breaks the protocol. */
export const createFrameReader = (): ((chunk: Uint8Array) => Frame[]) => {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    for (let next = decodeFrame(rest); next; next = decodeFrame(rest)) {
      frames.push(next.frame);
      rest = rest.subarray(next.size);
    }
    return frames;
  };
};
