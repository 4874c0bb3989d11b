import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cached, isCached, type Part, partDir } from '../../lab/cache.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'corral-cache-'));
  process.env.XDG_CACHE_HOME = home;
});

afterEach(async () => {
  delete process.env.XDG_CACHE_HOME;
  await rm(home, { recursive: true });
});

const part = (inputs: unknown, build: Part['build']): Part => ({ name: 'thing', inputs, build });
const writes = (text: string) => (dir: string) => writeFile(join(dir, 'file'), text);

test('a part is built once, then taken from the cache', async () => {
  const dir = await cached(part('a', writes('first')));
  expect(await cached(part('a', writes('second')))).toBe(dir);
  expect(await readFile(join(dir, 'file'), 'utf8')).toBe('first');
});

test('a part with other inputs is another part', async () => {
  await cached(part({ packages: ['a'] }, writes('first')));
  const dir = await cached(part({ packages: ['a', 'b'] }, writes('second')));
  expect(await readFile(join(dir, 'file'), 'utf8')).toBe('second');
});

test('a part that is asked for twice at once is built once', async () => {
  let builds = 0;
  const build = async (dir: string) => {
    builds += 1;
    await writes('once')(dir);
  };
  const [first, second] = await Promise.all([cached(part('a', build)), cached(part('a', build))]);
  expect(first).toBe(second);
  expect(builds).toBe(1);
});

test('a build that fails leaves nothing, and the next one starts anew', async () => {
  const failing = part('a', async (dir) => {
    await writes('half')(dir);
    throw new Error('no space');
  });
  await expect(cached(failing)).rejects.toThrow('no space');
  expect(isCached(failing)).toBe(false);
  expect(await readdir(join(home, 'corral/drafts'))).toEqual([]);
  expect(existsSync(join(await cached(part('a', writes('whole'))), 'file'))).toBe(true);
});

test('a part that another run has built meanwhile is taken as it is', async () => {
  const slow = part('a', async (dir) => {
    await writes('ours')(dir);
    const theirs = partDir(slow);
    await mkdir(theirs, { recursive: true });
    await writes('theirs')(theirs);
  });
  expect(await readFile(join(await cached(slow), 'file'), 'utf8')).toBe('theirs');
});

test('of one part only the three versions used last are kept', async () => {
  const versions = ['a', 'b', 'c', 'd'].map((inputs) => part(inputs, writes(inputs)));
  const old = new Date(1_000_000);
  for (const version of versions.slice(0, 3)) {
    const dir = await cached(version);
    await utimes(dir, old, old);
  }
  await cached(versions[0] as Part);
  await cached({ ...part('x', writes('x')), name: 'thing-else' });
  await cached(versions[3] as Part);
  expect(versions.map(isCached).filter((kept) => kept)).toHaveLength(3);
  expect(isCached(versions[0] as Part), 'the one used lately').toBe(true);
  expect(isCached(versions[3] as Part), 'the new one').toBe(true);
  expect(isCached({ ...part('x', writes('x')), name: 'thing-else' }), 'another part').toBe(true);
});

test('what a killed build has left goes with the next build, what a living one has stays', async () => {
  const drafts = join(home, 'corral/drafts');
  const living = `thing-x.${process.pid}`;
  for (const name of ['thing-y.4194999', living]) await mkdir(join(drafts, name), { recursive: true });
  await cached(part('a', writes('a')));
  expect(await readdir(drafts)).toEqual([living]);
});
