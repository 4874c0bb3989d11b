import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findChromium, withoutChromium } from '../../e2e/ui/chromium.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('the system is looked through for a browser, Chromium before others; the one that is named counts alone', async () => {
  const folder = await temporaryFolder();
  for (const name of ['none', 'google', 'both', 'odd', 'odd/chromium']) await mkdir(join(folder, name));
  for (const name of ['google/google-chrome-stable', 'both/google-chrome', 'both/chromium', 'named'])
    await writeFile(join(folder, name), '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(join(folder, 'odd/google-chrome'), 'no program');
  const rows: [path: string[], named: string | undefined, found: string | undefined][] = [
    [[], undefined, undefined],
    [['none'], undefined, undefined],
    [['odd'], undefined, undefined],
    [['none', 'google'], undefined, 'google/google-chrome-stable'],
    [['google', 'both'], undefined, 'both/chromium'],
    [['both'], 'named', 'named'],
    [['both'], 'missing', undefined],
  ];
  for (const [path, named, found] of rows) {
    const PATH = path.map((name) => join(folder, name)).join(':');
    const program = findChromium({ PATH, CORRAL_CHROMIUM: named && join(folder, named) });
    expect({ path, found: program?.slice(folder.length + 1) }).toEqual({ path, found });
  }
});

test('what is missing is told with the command that mends it', () => {
  expect(withoutChromium({})).toMatchObject({ mend: 'apt-get install chromium' });
  const { detail } = withoutChromium({ CORRAL_CHROMIUM: '/x' });
  expect(detail).toBe('CORRAL_CHROMIUM names /x, which is no program');
});
