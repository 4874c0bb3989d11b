import { createHash } from 'node:crypto';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, expect, test } from 'vitest';
import { writeArchive, writeLayer } from '../../lab/images/oci.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let dir: string;

beforeEach(async () => {
  dir = await temporaryFolder();
});

const makeLayer = async (name: string, content: string, time = new Date()): Promise<string> => {
  const folder = join(dir, `${name}-folder`);
  await mkdir(folder);
  await writeFile(join(folder, 'file'), content);
  await utimes(join(folder, 'file'), time, time);
  const layer = join(dir, `${name}.tar`);
  await writeLayer(folder, layer);
  return layer;
};

const sha256 = (content: Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

test('the same content makes the same layer, whenever it was written', async () => {
  const [first, second, other] = [
    await makeLayer('first', 'x', new Date(1_000_000)),
    await makeLayer('second', 'x', new Date(2_000_000_000)),
    await makeLayer('other', 'y'),
  ];
  expect(await readFile(first)).toEqual(await readFile(second));
  expect(await readFile(first)).not.toEqual(await readFile(other));
});

test('a layer that an archive before has is named, not packed', async () => {
  const below = await makeLayer('below', 'x');
  const own = await makeLayer('own', 'y');
  const archive = join(dir, 'images.tar');
  await writeArchive([{ name: 'docker.io/corral/one:lab', below: [below], layers: [own] }], archive);
  const digests = await Promise.all(
    [below, own].map(async (layer) => sha256(await readFile(layer)).slice('sha256:'.length)),
  );
  const { stdout } = await execa('tar', ['-tf', archive]);
  expect(digests.map((digest) => stdout.includes(digest))).toEqual([false, true]);
  const manifest = /"layers":(\[.*?\])/.exec((await readFile(archive)).toString('latin1'))?.[1] as string;
  expect(JSON.parse(manifest).map(({ digest }: { digest: string }) => digest)).toEqual(
    digests.map((digest) => `sha256:${digest}`),
  );
});
