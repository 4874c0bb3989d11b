import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeLayer } from '../../lab/images/oci.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const layerWith = async (content: string, time: number): Promise<Buffer> => {
  const [folder, out] = [await temporaryFolder(), await temporaryFolder()];
  await writeFile(join(folder, 'file'), content);
  await utimes(join(folder, 'file'), time, time);
  await writeLayer(folder, join(out, 'layer.tar'));
  return readFile(join(out, 'layer.tar'));
};

test('the same content makes the same layer, whenever it was written', async () => {
  const first = await layerWith('x', 1_000);
  expect(await layerWith('x', 2_000_000)).toEqual(first);
  expect(await layerWith('y', 1_000)).not.toEqual(first);
});
