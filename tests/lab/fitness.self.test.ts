import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, expect, test } from 'vitest';
import { checkRequirements } from '../../lab/fitness.ts';
import { SPACE_OF_ALL } from '../../lab/prepare.ts';
import { defaultSize } from '../../lab/size.ts';
import { cacheVariables } from '../support/share-caches.ts';
import { type Answer, startStubServer } from '../support/stub-api-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let dir: string;

// A lab with an empty cache is refused on a machine that is too full, before what is tested here.
beforeEach(async ({ skip }) => {
  dir = await temporaryFolder();
  await mkdir(join(dir, 'bin'));
  const found = await checkRequirements({ cache: dir, toBuild: SPACE_OF_ALL, ...defaultSize });
  const short = found.find(({ failure }) => /^(?:disk|memory)-short$/.test(failure?.code ?? ''));
  skip(short !== undefined, short?.failure?.what);
});

const known = 'apt-get dpkg-deb tar unshare taskset flock mount true sh sleep rm mv sync'.split(' ');

/** A Go that is there, and builds for ever. */
const go = { go: 'case $1 in version) echo go version go1.99.0 linux/amd64 ;; *) exec sleep 1000 ;; esac' };

type Machine = {
  scripts?: Record<string, string>;
  env?: Record<string, string>;
  /** Starts the command in other circumstances. */
  within?: string[];
};

/** Runs a script in namespaces of its own, which ends as the command does that it is given. */
const unshared = (script: string, ...namespaces: string[]): string[] => [
  ...['unshare', '--user', '--map-root-user', ...namespaces],
  ...['sh', '-c', `${script}; exec "$@"`, 'sh'],
];

/** Runs `lab up` with a PATH of our own making, and an empty cache: it must end before a lab starts. */
const labUp = async ({ scripts = {}, env = {}, within = [] }: Machine) => {
  const bin = join(dir, 'bin');
  for (const command of known) await symlink((await execa('which', [command])).stdout, join(bin, command));
  for (const [name, script] of Object.entries({ ...go, ...scripts })) {
    await rm(join(bin, name), { force: true });
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const command = [...within, process.execPath, 'scripts/corral.ts', 'lab', 'up', '--name', 'unfit'];
  const { exitCode, stderr } = await execa(command[0] as string, command.slice(1), {
    reject: false,
    stdin: 'ignore',
    env: { PATH: bin, XDG_CACHE_HOME: join(dir, 'cache'), ...cacheVariables(), ...env },
    extendEnv: false,
  });
  const [, announced, trouble = ''] = /^(lab: \d+ parts are built first, .*\n)?(.*)$/s.exec(stderr) ?? [];
  return { exitCode, stderr: trouble, announced };
};

test("on a machine without Debian's keys, one line says what mends it", async () => {
  const keyring = '/usr/share/keyrings';
  await mkdir(join(dir, 'cache'));
  expect(await labUp({ within: unshared(`mount -t tmpfs none ${keyring}`, '--mount') })).toMatchObject({
    exitCode: 3,
    stderr: `lab: ${keyring}/debian-archive-keyring.gpg is missing: run apt-get install debian-archive-keyring as root`,
  });
});

/** An apt as Ubuntu has it. */
const ubuntu = async (): Promise<Record<string, string>> => {
  await writeFile(join(dir, 'sources.list'), 'deb http://127.0.0.1:9/ubuntu noble main universe\n');
  await writeFile(
    join(dir, 'apt.conf'),
    `Dir::Etc::sourcelist "${join(dir, 'sources.list')}"; Dir::Etc::sourceparts "-";`,
  );
  return { APT_CONFIG: join(dir, 'apt.conf') };
};

test('on Ubuntu, packages come from the mirror that is named, if they bear the signature of Debian', async () => {
  const answer: Answer = (response) => response.end('Origin: Debian\nSuite: stable\n');
  const { url, requests } = await startStubServer({ answer });
  const env = { ...(await ubuntu()), CORRAL_DEBIAN_MIRROR: `${url}/debian` };
  const ended = await labUp({ env });
  expect(requests).toContain('GET /debian/dists/trixie/InRelease');
  expect(ended).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/^lab: .*InRelease.*Clearsigned file isn't valid/),
  });
});

test('on Ubuntu, with no mirror named, one line says what mends it, and what was begun beside it ends', async () => {
  expect(await labUp({ env: await ubuntu() })).toMatchObject({
    exitCode: 3,
    announced: expect.stringMatching(
      /^lab: \d+ parts are built first, once: \d+ to \d+ min on two processors\n$/,
    ),
    stderr:
      'lab: apt knows no Debian archive on this machine: name a mirror of Debian by CORRAL_DEBIAN_MIRROR, or add one to /etc/apt/sources.list.d',
  });
  expect(await readdir(join(dir, 'cache/corral/drafts'))).toEqual([]);
});

const trixie = 'case $1 in indextargets) echo trixie http://127.0.0.1:9/debian ;; *) exec sleep 1000 ;; esac';
const goOn = (pids: string): string =>
  `case $1 in version) echo go version go1.99.0 linux/amd64 ;; *) echo $$ >> ${pids}; sleep 1000 & echo $! >> ${pids}; wait ;; esac`;

/** Signals a `lab up` when it has started what writes its process into a file; all of it ends. */
const cutShort = async (signal: NodeJS.Signals, scripts: (pids: string) => Record<string, string>) => {
  const pids = join(dir, 'pids');
  const within = ['sh', '-c', `echo $$ > ${pids}; exec "$@"`, 'sh'];
  const running = labUp({ scripts: scripts(pids), within });
  const least = scripts(pids).go === undefined ? 2 : 3;
  const started = async () =>
    (await readFile(pids, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);
  await expect.poll(async () => (await started()).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(least);
  const [command, ...children] = (await started()) as [number, ...number[]];
  process.kill(command, signal);
  const ended = await running;
  for (const child of children)
    await expect.poll(() => existsSync(`/proc/${child}`), { timeout: 60_000 }).toBe(false);
  return ended;
};

test('Ctrl-C ends a build, with all that it has started, and leaves nothing', async () => {
  const ended = await cutShort('SIGINT', (pids) => ({ go: goOn(pids), 'apt-get': trixie }));
  expect(ended).toMatchObject({ exitCode: 4, stderr: 'lab: interrupted by SIGINT' });
  expect(await readdir(join(dir, 'cache/corral/drafts'))).toEqual([]);
});

test('kill -9 of a build ends all that it has started, and what it left goes with the next one', async () => {
  await cutShort('SIGKILL', (pids) => ({ go: goOn(pids), 'apt-get': trixie }));
  expect(await readdir(join(dir, 'cache/corral/drafts'))).not.toEqual([]);
  const prune = await execa(process.execPath, ['scripts/corral.ts', 'lab', 'prune'], {
    env: { XDG_CACHE_HOME: join(dir, 'cache') },
    stdin: 'ignore',
  });
  expect(prune.stdout).toMatch(/^removed drafts\//m);
  expect(await readdir(join(dir, 'cache/corral/drafts'))).toEqual([]);
});
