import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { folderOfEachTest } from '../support/temporary-folder.ts';

const home = folderOfEachTest();
const node = (...args: string[]) =>
  execa(process.execPath, args, { env: { XDG_CACHE_HOME: home() }, stdin: 'ignore', reject: false });

/** A run of its own that takes one artifact, whose build takes the given time. */
const run = (inputs: string, milliseconds: number) =>
  node('tests/support/inline-artifact.ts', inputs, home('builders'), String(milliseconds));

const builders = async (): Promise<string[]> =>
  (await readFile(home('builders'), 'utf8').catch(() => '')).split('\n').filter(Boolean);

const waiting = 'lab: another run is building thing: waiting for it';

test('of three runs that need an artifact at once one builds it, and the others say that they wait', async () => {
  const ended = await Promise.all([1, 2, 3].map(() => run('a', 3_000)));
  expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect(new Set(ended.map(({ stdout }) => stdout)).size).toBe(1);
  expect(ended.map(({ stderr }) => stderr).sort()).toEqual(['', waiting, waiting]);
  expect(await builders()).toHaveLength(1);
  expect(await readFile(join((ended[0] as { stdout: string }).stdout, 'file'), 'utf8')).toBe('a');
});

test('when the builder is killed the one who waits builds, and nothing is left of the first', async () => {
  const first = run('a', 60_000);
  await expect.poll(builders, { timeout: 120_000 }).toHaveLength(1);
  const second = run('a', 0);
  await new Promise((resolve) => second.stderr.once('data', resolve));
  first.kill('SIGKILL');
  const { exitCode, stderr, stdout } = await second;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: waiting });
  expect(await builders()).toHaveLength(2);
  expect(await readFile(join(stdout, 'file'), 'utf8')).toBe('a');
  expect(await readdir(home('corral/drafts'))).toEqual([]);
});

test.each(['node', 'command', 'hangs'])(
  'a disk that gets full during a build ends it soon, with one line and nothing left (%s)',
  async (way) => {
    const script =
      'mount -t tmpfs -o size=100m disk "$XDG_CACHE_HOME" && node tests/support/inline-filler.ts "$1"; ls "$XDG_CACHE_HOME/corral/drafts"';
    const words = ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', way];
    const { stdout } = await execa('unshare', words, {
      env: { XDG_CACHE_HOME: home() },
      stdin: 'ignore',
      timeout: 120_000,
    });
    expect(stdout).toBe(
      `PreconditionError: no space was left under ${home()}/corral while building thing: have 10 GiB free there, or set XDG_CACHE_HOME to a folder on another disk`,
    );
  },
);

const prune = (...flags: string[]) => node('scripts/corral.ts', 'lab', 'prune', ...flags);

test('prune says what it removed: old versions, what a killed run left, and with --all everything', async () => {
  const { stdout: old } = await run('a', 0);
  const { stdout: newest } = await run('b', 0);
  await mkdir(home('corral/drafts/thing-0123456789abcdef.left'));
  await mkdir(home('corral/parts/foreign'));
  await mkdir(home('corral/labs/used'), { recursive: true });
  await writeFile(home('corral/labs/used/settings.json'), JSON.stringify({ kernel: newest }));
  const { exitCode, stdout } = await prune();
  expect(exitCode).toBe(0);
  const lines = stdout.split('\n');
  expect(lines.map((line) => line.replace(/: .*/, ''))).toEqual([
    'removed drafts/thing-0123456789abcdef.left',
    ...[`removed parts/${old.split('/').at(-1)}`, 'removed parts/foreign'].toSorted(),
    expect.stringMatching(/^Freed \d+\.\d MB\.$/),
  ]);
  expect(await readdir(home('corral/parts'))).toEqual([newest.split('/').at(-1)]);
  expect((await prune('--all')).stdout, 'a lab runs on it').toBe('Nothing to remove.');
  await rm(home('corral/labs/used'), { recursive: true });
  expect((await prune('--all')).stdout).toContain(`removed parts/${newest.split('/').at(-1)}`);
  expect(await readdir(home('corral/parts'))).toEqual([]);
  expect(await readdir(home('corral/checks'))).toEqual([]);
  expect(await readdir(home('corral/locks'))).toEqual(['in-use']);
});
