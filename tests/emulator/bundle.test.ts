import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../emulator/bundle.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-bundle-'));
  await bundle(folder);
});
afterAll(() => rm(folder, { recursive: true }));

test('each file is small and needs nothing beside it', async () => {
  for (const file of ['longhorn-manager.mjs', 'longhorn-ui.mjs', 'longhorn.mjs', 'page.js']) {
    const text = await readFile(join(folder, file), 'utf8');
    expect(text.length).toBeLessThan(200_000);
    const imports = [...text.matchAll(/\bfrom\s*["'`]([^"'`]+)["'`]/g)].map(([, name]) => name);
    // A browser has nothing of Node's.
    expect(imports.filter((name) => file === 'page.js' || !name?.startsWith('node:'))).toEqual([]);
  }
});

test('what speaks to a bucket is a file of its own, which only a command on a bucket reads', async () => {
  const client = join(folder, 's3-client.mjs');
  const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
  const options = { env: { ...keys, AWS_ENDPOINTS: 'http://127.0.0.1:9' }, encoding: 'utf8' } as const;
  const look = (url: string) =>
    spawnSync(process.execPath, [join(folder, 'longhorn.mjs'), 'backup', 'ls', url], options).stdout;
  expect((await readFile(client, 'utf8')).length).toBeLessThan(700_000);
  // Nobody listens there that speaks S3: what could not be read would not have asked.
  expect(look('s3://bucket@region/path/')).toContain('AWS HTTP Error');
  await rm(client);
  expect(look('s3://bucket@region/path/')).toContain('s3-client.mjs');
  expect(look(`vfs://${folder}`)).toBe('{}\n');
});
