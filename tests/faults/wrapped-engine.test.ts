import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { healLeftOver, openFaults } from '../../e2e/faults/fault.ts';
import { openLedger } from '../../e2e/faults/ledger.ts';
import { unwrapEngine, wrapperCommand } from '../../e2e/faults/unwrap-engine.ts';
import { wrappedEngine } from '../../e2e/faults/wrapped-engine.ts';
import { ApiError, type Cluster } from '../../e2e/observe/cluster.ts';
import { localPods } from '../support/local-pods.ts';

const image = 'docker.io/longhornio/longhorn-engine:v1.12.1';
const canonical = 'docker.io-longhornio-longhorn-engine-v1.12.1';
let folder: string;
let out: string;
let binary: string;
let original: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-wrapped-'));
  out = join(folder, 'out');
  const home = join(folder, canonical);
  binary = join(home, 'longhorn');
  original = '#!/bin/sh\necho "the real one, as $0, got $*"\n';
  await mkdir(home, { recursive: true });
  await writeFile(binary, original);
  await chmod(binary, 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

const manager = {
  metadata: { name: 'longhorn-manager-1' },
  spec: { nodeName: 'node1', containers: [{ name: 'longhorn-manager', image: 'longhorn-manager:v1.12.1' }] },
  status: { phase: 'Running' },
};

// One node, its manager's pod this machine: where Longhorn's binaries lie on a node, they lie in a folder here.
const cluster = (): Cluster => ({
  ...localPods(),
  list: async <T>() => ({ items: [manager] as T[], resourceVersion: '1' }),
  get: async <T>(_: unknown, { name }: { name: string }) => {
    if (name === 'default-engine-image') return { value: image } as T;
    throw new ApiError(`${name} is not there`, { status: 404, reason: 'NotFound' });
  },
  exec: (pod, command, options) =>
    localPods().exec(
      pod,
      command.map((part) => part.replace('/var/lib/longhorn/engine-binaries/', `${folder}/`)),
      options,
    ),
});

const title = "the engine's binary refuses";
const inject = async () => {
  const faults = openFaults({ cluster: cluster(), ledger: await openLedger(out) });
  return faults.inject(await wrappedEngine(cluster(), { volume: 'v1', title }));
};

const longhorn = (...args: string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(binary, args, (error, stdout) => resolve(`${stdout.trim()} (${error === null ? 0 : error.code})`));
  });
const stubbed = 'stubbed backup deletion for testing (1)';
const url = (volume: string) => `nfs://store.default:/opt/backupstore?backup=backup-1&volume=${volume}`;

test('backups of one volume cannot be deleted from the inject to the heal, and the proof says so', async () => {
  const fault = await inject();
  expect(await longhorn('backup', 'rm', url('v1'))).toBe(stubbed);
  expect(await longhorn('backup', 'rm', `${url('v1')}&more=1`)).toBe(stubbed);
  expect(await fault.prove()).toBe('on node1: backup rm says "stubbed backup deletion for testing", version is answered');

  expect(await fault.heal()).toBe('on node1 the binary is as it was');
  expect(await longhorn('backup', 'rm', url('v1'))).toContain('the real one');
  expect(await readFile(binary, 'utf8')).toBe(original);
  expect(await readdir(join(folder, canonical))).toEqual(['longhorn']);
  await expect(fault.prove()).rejects.toThrow(
    `${title}: prove failed in longhorn-manager-1 on node1 with exit code 1: backup rm says "the real one`,
  );
});

test.for([
  ['the deletion of a backup of another volume', ['backup', 'rm', url('v2')]],
  ['of a volume whose name begins the same', ['backup', 'rm', url('v11')]],
  ['of a volume whose name ends the same', ['backup', 'rm', url('my-v1')]],
  ['a look at a backup of the volume', ['backup', 'inspect', url('v1')]],
  ['arguments with blanks and quotes', ['backup', 'ls', 'a b', '"c"']],
] as const)('%s goes to the real binary, under the name that its process is known by', async ([, args]) => {
  await inject();
  expect(await longhorn(...args)).toMatch(
    new RegExp(`^the real one, as \\S+/longhorn, got ${args.join(' ').replaceAll(/[?/]/g, '\\$&')} \\(0\\)$`),
  );
});

const token = 'abcd1234';
const wrap = (seconds: number, by = token) =>
  cluster().exec({ namespace: 'x', name: 'y' }, wrapperCommand('wrap', by, binary, 'v1', String(seconds)));
const data = () => ({ token, binary, nodes: ['node1'] });

test('twice is no harm, and another wrapper over it is refused', async () => {
  await wrap(60);
  expect((await wrap(60)).exitCode).toBe(0);
  expect(await wrap(60, 'another')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is wrapped already') });
  expect(await longhorn('backup', 'rm', url('v1'))).toBe(stubbed);
  expect(await unwrapEngine(cluster(), data())).toBe('on node1 the binary is as it was');
  expect(await unwrapEngine(cluster(), data())).toBe('on node1 the binary is as it was');
  expect(await readFile(binary, 'utf8')).toBe(original);
});

test('a wrapper that nobody removes lets everything through when its time is over', async () => {
  await wrap(0);
  expect(await longhorn('backup', 'rm', url('v1'))).toContain('the real one');
});

test('what Longhorn has put back by itself is left alone by the heal', async () => {
  await wrap(60);
  await rm(binary);
  await writeFile(binary, '#!/bin/sh\necho newer\n', { mode: 0o755 });
  await unwrapEngine(cluster(), data());
  expect(await longhorn('version')).toBe('newer (0)');
  expect(await readdir(join(folder, canonical))).toEqual(['longhorn']);
});

test('what a killed suite left behind is undone by the ledger alone', async () => {
  await inject();
  expect(await healLeftOver({ cluster: cluster(), ledger: await openLedger(out) })).toEqual([`${title}: on node1 the binary is as it was`]);
  expect(await readFile(binary, 'utf8')).toBe(original);
});

test('a node that is gone took its binary with it', async () => {
  await wrap(60);
  expect(await unwrapEngine(cluster(), { ...data(), nodes: ['node1', 'node9'] })).toBe(
    'on node1 the binary is as it was, node9 is gone, and its disk with it',
  );
});

test('where there is no binary, nothing is wrapped', async () => {
  await rm(binary);
  await expect(inject()).rejects.toThrow(/wrap failed in longhorn-manager-1 on node1 with exit code 1: there is no .*\/longhorn$/);
});

test('a command that the wrapper has handed on to an engine that is a script runs through the heal', async () => {
  // What reads the script is told to begin by a line.
  const slow = join(folder, 'slow');
  await writeFile(slow, '#!/bin/sh\nread -r _\nexec sh "$@"\n', { mode: 0o755 });
  original = original.replace('/bin/sh', slow);
  await writeFile(binary, original);
  const fault = await inject();
  const deletion = execFile(binary, ['backup', 'rm', url('v2')]);
  const said = text(deletion.stdout as Readable);
  const isHandedOn = async () => (await readFile(`/proc/${deletion.pid}/cmdline`, 'utf8')).split('\0')[1] === slow;
  while (!(await isHandedOn())) await setImmediate();

  const healed = fault.heal();
  while ((await readFile(binary, 'utf8')) !== original) await setImmediate();
  deletion.stdin?.end('\n');
  expect(await said).toMatch(/^the real one, as \S+, got backup rm /);
  await healed;
  expect(await readdir(join(folder, canonical))).toEqual(['longhorn']);
});

// Debian's sh is dash; the one of Longhorn's own images is bash.
test.for(['dash', 'bash'])('a wrapper that %s is still in when the real binary is put back hands its command on to that', async (shell) => {
  const fault = await inject();
  const wrapper = (await readFile(binary, 'utf8')).replace('#!/bin/sh', `#!/usr/bin/env ${shell}`);
  // Where it has judged the command and not handed it on yet: it waits for a line.
  const waiting = wrapper.replace(/^trap/m, 'read -r _\ntrap');
  expect(waiting).not.toBe(wrapper);
  await writeFile(binary, waiting);
  const deletion = execFile(binary, ['backup', 'rm', url('v2')]);
  const said = text(deletion.stdout as Readable);
  await fault.heal();
  deletion.stdin?.end('\n');
  expect(await said).toBe(`the real one, as ${binary}, got backup rm ${url('v2')}\n`);
});
