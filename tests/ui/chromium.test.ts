import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { findChromium, whyNoBrowser } from '../../e2e/ui/chromium.ts';
import { browserArtifact } from '../../lab/build/browser.ts';
import { artifactDir } from '../../lab/cache/cache.ts';
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

test('what is missing is reported with what mends it', () => {
  expect(whyNoBrowser({})).toBe(
    'needs a browser: there is no Chromium on PATH (chromium, chromium-browser, google-chrome, google-chrome-stable): install one, or let npm run e2e fetch it, for which apt must know a Debian archive (CORRAL_DEBIAN_MIRROR names one)',
  );
  expect(whyNoBrowser({ CORRAL_CHROMIUM: '/x' })).toBe(
    'needs a browser: CORRAL_CHROMIUM names /x, which is no program: name one, or unset it',
  );
});

test('a cache in another folder has a browser of its own, as its programs name the folder', () => {
  const folders = ['/one', '/other'].map((cache) => {
    vi.stubEnv('XDG_CACHE_HOME', cache);
    return basename(artifactDir(browserArtifact()));
  });
  expect(new Set(folders).size).toBe(2);
});
