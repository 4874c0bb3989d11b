import { expect, test } from 'vitest';
import { mutate, randomFrom } from '../support/random.ts';
import { check, linesOf, soundStore } from '../support/sound-store.ts';

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
      expect(linesOf(found).join('\n'), inBlock).toMatch(
        /^(error|warning) (block-|backup-|config-|compression-)/m,
      );
  }
});
