import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { writeLayer } from '../../lab/images/oci.ts';
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

test('the same content makes the same layer, whenever it was written', async () => {
  const [first, second, other] = [
    await makeLayer('first', 'x', new Date(1_000_000)),
    await makeLayer('second', 'x', new Date(2_000_000_000)),
    await makeLayer('other', 'y'),
  ];
  expect(await readFile(first)).toEqual(await readFile(second));
  expect(await readFile(first)).not.toEqual(await readFile(other));
});
