import { expect, test } from 'vitest';
import { blockPath } from '../../../e2e/store/format/layout.ts';
import { mutate, randomFrom } from '../support/random.ts';
import { check, checksums, soundStore, told } from '../support/sound-store.ts';

test('a store damaged anywhere is checked to its end', async () => {
  const random = randomFrom(1);
  for (let time = 0; time < 16; time += 1) {
    const files = soundStore((['lz4', 'gzip', 'none'] as const)[random(3)]);
    const what = [1, 2].map(() => {
      const [path, data] = [...files][random(files.size)] as [string, Uint8Array | string];
      const { what, bytes } = mutate(Buffer.from(data), random);
      files.set(path, bytes);
      return `${path}: ${what}`;
    });
    const found = await check(files);
    expect(found, what.join('; ')).toMatchObject({ volumes: 1 });
    // Only a few bytes of a config may change without it being seen: those of names, labels and times.
    const inBlock = what.find((each) => /^blocks/.test(each));
    if (inBlock !== undefined)
      expect(told(found).join('\n'), inBlock).toMatch(
        /^(error|warning) (block-|backup-|config-|compression-)/m,
      );
  }
});

test('any one bit of a block changed is told', async () => {
  const random = randomFrom(6);
  const path = blockPath(checksums[0] as string);
  for (let time = 0; time < 10; time += 1) {
    const files = soundStore();
    const data = Buffer.from(files.get(path) as Uint8Array);
    const bit = random(data.length * 8);
    data[bit >>> 3] = (data[bit >>> 3] as number) ^ (1 << (bit & 7));
    const found = told(await check(files.set(path, data)));
    // A run may be found again at another distance: then the data are the same, and nothing is wrong.
    if (found.length > 0)
      expect(found).toEqual([expect.stringMatching(/^error block-(corrupt|cut-off|wrong-size)/)]);
    else expect(bit).toBeGreaterThan(15 * 8);
  }
});
