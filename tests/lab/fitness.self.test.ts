import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { cacheVariables } from '../support/share-caches.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corral-fitness-'));
  await mkdir(join(dir, 'bin'));
});

afterEach(() => rm(dir, { recursive: true }));

const known = [
  'apt-get',
  'dpkg-deb',
  'tar',
  'unshare',
  'taskset',
  'flock',
  'mount',
  'true',
  'sh',
  'sleep',
  'rm',
  'mv',
  'sync',
];

/** A Go that is there, and builds for ever. */
const go = { go: 'case $1 in version) echo go version go1.99.0 linux/amd64 ;; *) exec sleep 1000 ;; esac' };

type Machine = {
  commands?: readonly string[];
  scripts?: Record<string, string>;
  env?: Record<string, string>;
  flags?: readonly string[];
  /** Starts the command in other circumstances. */
  within?: (command: string[]) => string[];
};

/** Runs `lab up` with a PATH of our own making, and an empty cache: it must end before a lab starts. */
const labUp = async ({
  commands = known,
  scripts = {},
  env = {},
  flags = [],
  within = (command) => command,
}: Machine) => {
  const bin = join(dir, 'bin');
  for (const command of commands) await symlink((await execa('which', [command])).stdout, join(bin, command));
  for (const [name, script] of Object.entries({ ...go, ...scripts })) {
    await rm(join(bin, name), { force: true });
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const [file, ...args] = within([process.execPath, 'scripts/lab.ts', 'up', '--name', 'unfit', ...flags]) as [
    string,
    ...string[],
  ];
  const { exitCode, stdout, stderr } = await execa(file, args, {
    reject: false,
    stdin: 'ignore',
    env: { PATH: bin, XDG_CACHE_HOME: join(dir, 'cache'), ...cacheVariables(), ...env },
    extendEnv: false,
  });
  const [, announced, trouble = ''] = /^(lab: \d+ parts are built first, .*\n)?(.*)$/s.exec(stderr) ?? [];
  return { exitCode, stdout, stderr: trouble, announced };
};

test('where namespaces may not be made, one line says what mends it', async () => {
  const scripts = { unshare: 'echo "unshare: unshare failed: Operation not permitted" >&2; exit 1' };
  const ended = await labUp({ scripts });
  expect(ended).toMatchObject({ exitCode: 3, stdout: '' });
  expect(ended.stderr).toMatch(
    /^lab: .*namespaces.* \(unshare: unshare failed: Operation not permitted\): .+$/,
  );
});

test('in a namespace that allows no others, one line says what mends it', async () => {
  const script = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"';
  const within = (command: string[]) => [
    'unshare',
    '--user',
    '--map-root-user',
    'sh',
    '-c',
    script,
    'sh',
    ...command,
  ];
  expect(await labUp({ within })).toMatchObject({
    exitCode: 3,
    stdout: '',
    stderr: expect.stringMatching(
      /^lab: this user may not make namespaces \(unshare: unshare failed: No space left on device\): run sysctl -w user.max_user_namespaces=10000 as root$/,
    ),
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
  const asked: (string | undefined)[] = [];
  const mirror = createServer(({ url }, answer) => {
    asked.push(url);
    answer.end('Origin: Debian\nSuite: stable\n');
  });
  await once(mirror.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void mirror.close());
  const { port } = mirror.address() as AddressInfo;
  const env = { ...(await ubuntu()), CORRAL_DEBIAN_MIRROR: `http://127.0.0.1:${port}/debian` };
  const ended = await labUp({ env });
  expect(asked).toContain('/debian/dists/trixie/InRelease');
  expect(ended).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/^lab: .*InRelease.*Clearsigned file isn't valid/),
  });
});

test('on Ubuntu, with no mirror named, one line says what mends it, and what was begun beside it ends', async () => {
  expect(await labUp({ env: await ubuntu() })).toMatchObject({
    exitCode: 3,
    announced: expect.stringMatching(
      /^lab: \d+ parts are built first, once: 6 to 15 min on two processors\n$/,
    ),
    stderr:
      'lab: apt knows no Debian archive on this machine: name a mirror of Debian by CORRAL_DEBIAN_MIRROR, or add one to /etc/apt/sources.list.d',
  });
  expect(await readdir(join(dir, 'cache/corral/drafts'))).toEqual([]);
});

test('on Ubuntu, with a mirror that has a password, one line says what mends it', async () => {
  const env = { ...(await ubuntu()), CORRAL_DEBIAN_MIRROR: 'http://me:secret@127.0.0.1:9/debian' };
  expect(await labUp({ env })).toMatchObject({
    exitCode: 3,
    stderr:
      'lab: CORRAL_DEBIAN_MIRROR names no mirror of Debian: give an http or https URL with no user name and no password',
  });
});

test("without Debian's keys, one line says what mends it", async () => {
  const script = 'mount -t tmpfs none /usr/share/keyrings; exec "$@"';
  const within = (command: string[]) => [
    'unshare',
    '--user',
    '--map-root-user',
    '--mount',
    'sh',
    '-c',
    script,
    'sh',
    ...command,
  ];
  expect(await labUp({ within })).toMatchObject({
    exitCode: 3,
    stderr:
      'lab: /usr/share/keyrings/debian-archive-keyring.gpg is missing: run apt-get install debian-archive-keyring as root',
  });
});

test('without a network, one line says what cannot be fetched', async () => {
  await writeFile(
    join(dir, 'apt.conf'),
    'Acquire::http::Proxy "http://127.0.0.1:9"; Acquire::https::Proxy "http://127.0.0.1:9"; Acquire::Retries "0";',
  );
  const ended = await labUp({ env: { APT_CONFIG: join(dir, 'apt.conf') } });
  expect(ended.exitCode).toBe(3);
  expect(ended.stderr).toMatch(
    /^lab: Debian packages of trixie cannot be fetched \(apt: Failed to fetch .*127\.0\.0\.1:9.*\): check the network, and the proxy and mirror in apt's settings$/,
  );
  expect(await readdir(join(dir, 'cache/corral/drafts'))).toEqual([]);
});

test("when Go cannot fetch Kubernetes' modules, one line says so", async () => {
  const said =
    'cmd/kube/main.go:12:2: example.org/a@v1.0.0: Get "http://127.0.0.1:9/a.zip": dial tcp 127.0.0.1:9: connect: connection refused';
  const scripts = {
    go: `case $1 in version) echo go version go1.99.0 linux/amd64 ;; *) echo '${said}' >&2; exit 1 ;; esac`,
    'apt-get': 'case $1 in indextargets) echo trixie http://127.0.0.1:9/debian ;; *) exec sleep 1000 ;; esac',
  };
  expect(await labUp({ scripts })).toMatchObject({
    exitCode: 3,
    stderr: `lab: the Go modules of Kubernetes cannot be fetched (${said}): check the network, and what go env GOPROXY says`,
  });
});

test('more memory than there is free is not promised', async () => {
  const ended = await labUp({ flags: ['--nodes', '8', '--memory', '2000G'] });
  expect(ended).toMatchObject({ exitCode: 3, stdout: '' });
  expect(ended.stderr).toMatch(
    /^lab: only [\d.]+ GiB of memory are free here, a lab with --nodes 8 --memory 2000G takes about 16001\.0: end other programs, or ask for less$/,
  );
});

const onDisk = (size: string) => (command: string[]) => {
  const script = `mount -t tmpfs -o size=${size} disk "$XDG_CACHE_HOME" && exec "$@"`;
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', ...command];
};

test('a disk that is too small is named before anything is built', async () => {
  await mkdir(join(dir, 'cache'));
  const ended = await labUp({ within: onDisk('100m') });
  expect(ended).toMatchObject({
    exitCode: 3,
    stdout: '',
    stderr: `lab: only 0.1 GiB are free under ${dir}/cache/corral, the first build and a lab take up to 10: free some (npm run lab -- prune), or set XDG_CACHE_HOME`,
  });
});

test('a read-only file system is named before anything is built', async () => {
  await mkdir(join(dir, 'cache'));
  const ended = await labUp({ within: onDisk('100m,ro') });
  expect(ended).toMatchObject({
    exitCode: 3,
    stdout: '',
    stderr: `lab: the cache's folder ${dir}/cache/corral cannot be made or written (EROFS): set XDG_CACHE_HOME to another folder`,
  });
});

test.each([
  ['a file', 'cache', 'cannot be made or written (ENOTDIR)'],
  [
    'a path with a colon',
    'ca:che',
    "has a colon or a comma in its path, which the lab's programs cannot read",
  ],
])('a cache in %s is refused', async (_, name, why) => {
  await writeFile(join(dir, 'cache'), '');
  const ended = await labUp({ env: { XDG_CACHE_HOME: join(dir, name) } });
  expect(ended).toMatchObject({
    exitCode: 3,
    stdout: '',
    stderr: `lab: the cache's folder ${dir}/${name}/corral ${why}: set XDG_CACHE_HOME to another folder`,
  });
});

const trixie = 'case $1 in indextargets) echo trixie http://127.0.0.1:9/debian ;; *) exec sleep 1000 ;; esac';
const goOn = (pids: string): string =>
  `case $1 in version) echo go version go1.99.0 linux/amd64 ;; *) echo $$ >> ${pids}; sleep 1000 & echo $! >> ${pids}; wait ;; esac`;

/** Signals a `lab up` when it has started what writes its process into a file; all of it ends. */
const cutShort = async (signal: NodeJS.Signals, scripts: (pids: string) => Record<string, string>) => {
  const pids = join(dir, 'pids');
  const within = (command: string[]) => ['sh', '-c', `echo $$ > ${pids}; exec "$@"`, 'sh', ...command];
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

// A child that execa cleans up after brings a listener for signals of its own, which ends this process where
// it is the only one left.
test('Ctrl-C while apt is asked for its archive ends it in the same way', async () => {
  const ended = await cutShort('SIGINT', (pids) => ({ 'apt-get': `echo $$ >> ${pids}; exec sleep 1000` }));
  expect(ended).toMatchObject({ exitCode: 4, stderr: 'lab: interrupted by SIGINT' });
});

test('kill -9 of a build ends all that it has started, and what it left goes with the next one', async () => {
  await cutShort('SIGKILL', (pids) => ({ go: goOn(pids), 'apt-get': trixie }));
  expect(await readdir(join(dir, 'cache/corral/drafts'))).not.toEqual([]);
  const prune = await execa(process.execPath, ['scripts/lab.ts', 'prune'], {
    env: { XDG_CACHE_HOME: join(dir, 'cache') },
    stdin: 'ignore',
  });
  expect(prune.stdout).toMatch(/^removed drafts\//m);
  expect(await readdir(join(dir, 'cache/corral/drafts'))).toEqual([]);
});
