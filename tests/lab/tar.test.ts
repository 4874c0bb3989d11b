import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { readMember } from '../../lab/images/member.ts';
import { type ArchiveEntry, readTar } from '../../lab/images/tar.ts';
import { digestOf, type Files, tarOf } from '../support/image-archives.ts';

const piecesOf = async function* (content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
};

const collect = async <T>(
  tar: Buffer,
  size: number,
  take: (entry: ArchiveEntry) => Promise<T>,
): Promise<T[]> => {
  const taken: T[] = [];
  for await (const entry of readTar(piecesOf(tar, size), () => {})) taken.push(await take(entry));
  return taken;
};

test('a tar is read the same in pieces of whatever size', async () => {
  const compressed = gzipSync('a layer');
  const files: Files = new Map([
    ['compressed', compressed],
    ['document', Buffer.from('{"a": 1}')],
    ['empty', Buffer.alloc(0)],
  ]);
  const tar = await tarOf(files);
  const content = { digest: digestOf('a layer'), size: 7 };
  for (const size of [1, 511, 512, 513, 1_000_000])
    expect(await collect(tar, size, readMember), `${size}`).toEqual([
      {
        path: 'compressed',
        digest: digestOf(compressed),
        size: compressed.length,
        compression: 'gzip',
        content,
      },
      { path: 'document', digest: digestOf('{"a": 1}'), size: 8, text: '{"a": 1}' },
      { path: 'empty', digest: digestOf(''), size: 0 },
    ]);
});

test('a sparse file is refused by its name, as what it holds is not there', async () => {
  const script =
    'cd "$(mktemp -d)" && truncate -s 1M sparse && tar --sparse --format="$0" -cf - sparse; rm -r "$PWD"';
  for (const format of ['gnu', 'pax']) {
    const { stdout } = await execa('sh', ['-c', script, format], { encoding: 'buffer' });
    await expect(collect(Buffer.from(stdout), 512, readMember)).rejects.toThrow(
      /sparse.* is stored as a sparse file: make the archive without --sparse$/,
    );
  }
});
