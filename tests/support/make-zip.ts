import { crc32, deflateRawSync } from 'node:zlib';

const header = (signature: number, fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer => {
  const parts = [[4, signature] as const, ...fields].map(([bytes, value]) => {
    const part = Buffer.alloc(bytes);
    part.writeUIntLE(value, 0, bytes);
    return part;
  });
  return Buffer.concat(parts);
};

/** Packs files into a zip, each deflated. */
export const makeZip = (files: Record<string, string | Buffer>): Buffer => {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data);
    const offset = Buffer.concat(local).length;
    const about = [
      ...([20, 0, 8, 0, 0] as const).map((value) => [2, value] as const),
      ...[crc32(data), packed.length, data.length].map((value) => [4, value] as const),
      [2, name.length] as const,
      [2, 0] as const,
    ];
    local.push(header(0x04034b50, about), Buffer.from(name), packed);
    central.push(
      header(0x02014b50, [[2, 20], ...about, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]),
      Buffer.from(name),
    );
  }
  const [body, directory] = [Buffer.concat(local), Buffer.concat(central)];
  const count = Object.keys(files).length;
  return Buffer.concat([
    body,
    directory,
    header(0x06054b50, [
      [2, 0],
      [2, 0],
      [2, count],
      [2, count],
      [4, directory.length],
      [4, body.length],
      [2, 0],
    ]),
  ]);
};
