import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { artifactDir, type CachedArtifact, ensureCached, isCached } from '../../lab/cache/cache.ts';
import { checksDir, draftsDir, labsDir, openCache } from '../../lab/cache/folders.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let home: string;
let said: string;

beforeEach(async () => {
  home = await temporaryFolder();
  vi.stubEnv('XDG_CACHE_HOME', home);
  said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
});

afterEach(() => void vi.restoreAllMocks());

const artifact = (inputs: unknown, build: CachedArtifact['build']): CachedArtifact => ({
  name: 'thing',
  inputs,
  build,
});
const writes = (text: string) => (dir: string) => writeFile(join(dir, 'file'), text);

/** What a run of its own would find: this process looks at each artifact once. */
const takenAnew = async (wanted: CachedArtifact): Promise<string> => {
  vi.resetModules();
  return (await import('../../lab/cache/cache.ts')).ensureCached(wanted);
};

test('a build that fails leaves nothing, and the next one starts anew, without what a killed one has left', async () => {
  await mkdir(join(draftsDir(), 'thing-0123456789abcdef.left'), { recursive: true });
  const failing = artifact('a', async (dir) => {
    await writes('half')(dir);
    throw new Error('no luck');
  });
  await expect(ensureCached(failing)).rejects.toThrow('no luck');
  expect(await isCached(failing)).toBe(false);
  expect(await readdir(draftsDir())).toEqual([]);
  expect(existsSync(join(await ensureCached(artifact('a', writes('whole'))), 'file'))).toBe(true);
});

test.each([
  ['a file', 'file/x', ': HOME/file is a file'],
  ['a path with a colon', 'a:b', " has a colon or a comma in its path, which the lab's programs cannot read"],
])('a cache in %s is refused', async (_, name, why) => {
  await writeFile(join(home, 'file'), '');
  vi.stubEnv('XDG_CACHE_HOME', join(home, name));
  await expect(openCache()).rejects.toThrow(
    `the cache's folder ${home}/${name}/corral${why.replace('HOME', home)}: set XDG_CACHE_HOME to another folder`,
  );
});

/** An artifact with a bit of everything: two folders, a link, a sparse file. */
const rich = artifact('rich', async (dir) => {
  await mkdir(join(dir, 'bin'));
  await writeFile(join(dir, 'bin/tool'), 'a tool');
  await chmod(join(dir, 'bin/tool'), 0o755);
  await symlink('tool', join(dir, 'bin/link'));
  await writeFile(join(dir, 'disk'), 'start of a disk');
  await truncate(join(dir, 'disk'), 64 * 2 ** 20);
});

const sameTimes = async (file: string, change: () => Promise<void>): Promise<void> => {
  const { atime, mtime } = await stat(file);
  await change();
  await utimes(file, atime, mtime);
};

const spoiled = Buffer.alloc(64 * 2 ** 20);
spoiled.write('start of a disk');
spoiled.write('x', spoiled.length - 1);

test.each<[string, string, (dir: string) => Promise<unknown>]>([
  [
    'a flipped bit',
    'bin/tool is not as it was built',
    (dir) => sameTimes(join(dir, 'bin/tool'), () => writeFile(join(dir, 'bin/tool'), 'a tooL')),
  ],
  [
    'a flipped bit in a hole',
    'disk is not as it was built',
    (dir) => sameTimes(join(dir, 'disk'), () => writeFile(join(dir, 'disk'), spoiled)),
  ],
  ['a foreign file', 'bin/other does not belong there', (dir) => writeFile(join(dir, 'bin/other'), '')],
  [
    'another link',
    'bin/link is not as it was built',
    (dir) => rm(join(dir, 'bin/link')).then(() => symlink('other', join(dir, 'bin/link'))),
  ],
  ['a folder that others write to', 'other users may write into it', (dir) => chmod(dir, 0o777)],
])('an artifact with %s is built again', async (_, why, damage) => {
  const dir = await ensureCached(rich);
  await damage(dir);
  expect(await takenAnew(rich)).toBe(dir);
  expect(said).toContain(`lab: thing is damaged in the cache (${why}`);
  expect(said.split('\n')).toHaveLength(2);
  expect(await readFile(join(dir, 'bin/link'), 'utf8')).toBe('a tool');
  expect(await readdir(draftsDir())).toEqual([]);
});

test('an artifact that was copied is read in full, and taken', async () => {
  const dir = await ensureCached(rich);
  // Without holes: what a file holds is the same.
  execFileSync('cp', ['--archive', '--sparse=never', dir, `${dir}.copy`]);
  await rm(dir, { recursive: true });
  await rename(`${dir}.copy`, dir);
  expect(await takenAnew(artifact('rich', () => Promise.reject(new Error('built again'))))).toBe(dir);
  expect(said).toBe('');
});

test('once a day an artifact is read in full, though nothing points to a change', async () => {
  const dir = await ensureCached(rich);
  const check = join(checksDir(), (await readdir(checksDir()))[0] as string);
  const noted = JSON.parse(await readFile(check, 'utf8'));
  // As if it had rotted in silence: what is noted fits the stamps, its content does not fit the list.
  const list = await readFile(join(dir, 'part.json'), 'utf8');
  await writeFile(join(dir, 'part.json'), list.replace(/"sha256":"./, '"sha256":"x'));
  const { recordComplete } = await import('../../lab/cache/check.ts');
  await recordComplete(dir);
  await takenAnew(rich);
  expect(said, 'before the day is over').toBe('');
  const now = JSON.parse(await readFile(check, 'utf8'));
  await writeFile(check, JSON.stringify({ ...now, at: noted.at - 25 * 60 * 60_000 }));
  await takenAnew(rich);
  expect(said).toContain('bin/tool is not as it was built');
});

const agedBy = async (dir: string, minutes: number): Promise<void> => {
  const then = new Date(Date.now() - minutes * 60_000);
  await utimes(join(checksDir(), dir.split('/').at(-1) as string), then, then);
};

test('of one artifact the three versions used last are kept, and those that were used just now or that a lab runs on', async () => {
  const versions = ['a', 'b', 'c', 'd', 'e', 'f'].map((inputs) => artifact(inputs, writes(inputs)));
  await mkdir(join(labsDir(), 'mine'), { recursive: true });
  const settings = JSON.stringify({ image: `${artifactDir(versions[0] as CachedArtifact)}/root.ext4` });
  await writeFile(join(labsDir(), 'mine/settings.json'), settings);
  const minutesAgo = [100, 99, 98, 6, 5];
  for (const [position, minutes] of minutesAgo.entries())
    await agedBy(await ensureCached(versions[position] as CachedArtifact), minutes);
  await takenAnew(versions[2] as CachedArtifact);
  await ensureCached({ ...artifact('x', writes('x')), name: 'thing-else' });
  await ensureCached(versions[5] as CachedArtifact);
  const kept = versions.filter((version) => existsSync(artifactDir(version)));
  expect(kept.map(({ inputs }) => inputs)).toEqual(['a', 'c', 'd', 'e', 'f']);
  await agedBy(artifactDir(versions[3] as CachedArtifact), 11);
  await ensureCached(artifact('g', writes('g')));
  expect(existsSync(artifactDir(versions[3] as CachedArtifact))).toBe(false);
});
