/** The length of a tar's header, and what everything in a tar is padded to. */
export const BLOCK = 512;

/** What one header block says; `type` is the letter of the format. */
export type TarHeader = { path: string; size: number; type: string; link: string };

const text = (block: Buffer, from: number, length: number): string => {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
};

/** A number in octal digits or, for what is too big for them, in binary after a byte 0x80 (GNU). */
const number = (block: Buffer, from: number, length: number): number => {
  if ((block[from] as number) & 0x80) return Number(block.readBigUInt64BE(from + length - 8));
  return Number.parseInt(text(block, from, length).trim() || '0', 8);
};

const CHECKSUM = { from: 148, length: 8 };

const checksum = (block: Buffer): number => {
  let sum = CHECKSUM.length * 0x20;
  for (const [position, byte] of block.entries()) {
    if (position < CHECKSUM.from || position >= CHECKSUM.from + CHECKSUM.length) sum += byte;
  }
  return sum;
};

/** Reads a header block; undefined when its checksum says that it is none. */
export const parseHeader = (block: Buffer): TarHeader | undefined => {
  if (number(block, CHECKSUM.from, CHECKSUM.length) !== checksum(block)) return undefined;
  // GNU's own format has times where POSIX has a prefix of the path.
  const prefix = text(block, 257, 8).startsWith('ustar ') ? '' : text(block, 345, 155);
  const name = text(block, 0, 100);
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    size: number(block, 124, 12),
    type: String.fromCharCode(block[156] || 0x30),
    link: text(block, 157, 100),
  };
};

/** Writes the header of a plain file; `path` has at most 100 bytes, and the file less than 64 GiB. */
export const writeHeader = (path: string, size: number): Buffer => {
  const block = Buffer.alloc(BLOCK);
  block.write(path, 0);
  block.write('0000644\0', 100);
  for (const from of [108, 116]) block.write('0000000\0', from);
  block.write(size.toString(8).padStart(12, '0'), 124);
  block.write('00000000000\0', 136);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\0 `, CHECKSUM.from);
  return block;
};

/** How many bytes follow a file of that size, so that the next header starts on a block. */
export const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;
