import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, withoutChromium } from '../../e2e/ui/chromium.ts';

let folder: string;
const program = async (...parts: string[]): Promise<void> => {
  await writeFile(join(folder, ...parts), '#!/bin/sh\n');
  await chmod(join(folder, ...parts), 0o755);
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-chromium-'));
  for (const name of ['none', 'google', 'both', 'odd']) await mkdir(join(folder, name));
  await program('google', 'google-chrome-stable');
  await program('both', 'google-chrome');
  await program('both', 'chromium');
  await mkdir(join(folder, 'odd', 'chromium'));
  await writeFile(join(folder, 'odd', 'google-chrome'), 'no program');
  await program('named');
});
afterAll(() => rm(folder, { recursive: true }));

const find = (path: string[], named?: string) =>
  findChromium({ PATH: path.map((name) => join(folder, name)).join(':'), CORRAL_CHROMIUM: named })?.slice(
    folder.length + 1,
  );

describe('the system is looked through for a browser', () => {
  test.each<[string, string[], string | undefined]>([
    ['nowhere', [], undefined],
    ['a folder without one', ['none'], undefined],
    ['what is no program', ['odd'], undefined],
    ['the second folder', ['none', 'google'], 'google/google-chrome-stable'],
    ['Chromium before others, wherever they are', ['google', 'both'], 'both/chromium'],
  ])('%s', (_, path, found) => {
    expect(find(path)).toBe(found);
  });

  test('the one that is named counts, and no other in its place', () => {
    expect(find(['both'], join(folder, 'named'))).toBe('named');
    expect(find(['both'], join(folder, 'missing'))).toBeUndefined();
  });
});

test('what is missing is told with the command that mends it', () => {
  expect(withoutChromium({})).toEqual({
    detail: 'there is no Chromium on PATH (chromium, chromium-browser, google-chrome, google-chrome-stable)',
    mend: 'apt-get install chromium',
  });
  expect(withoutChromium({ CORRAL_CHROMIUM: '/x' }).detail).toBe(
    'CORRAL_CHROMIUM names /x, which is no program',
  );
});
