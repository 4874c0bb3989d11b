import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldDeletion, holdCommand } from '../../e2e/faults/held-deletion.ts';
import { openLedger } from '../../e2e/faults/ledger.ts';
import { healLeftOver, openFaults } from '../../e2e/faults/open-faults.ts';
import { startInPods } from '../../e2e/kube/in-pods.ts';
import { stubCluster } from '../support/stub-cluster.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const cluster = stubCluster();
const pods = [
  { namespace: 'longhorn-system', name: 'longhorn-manager-local', container: 'longhorn-manager' },
];
// Looked for among all processes of the machine, which another run of these tests may have as well.
const backup = `backup-${randomBytes(8).toString('hex')}`;

let folder: string;
let deletions: ChildProcess[];

const binary = (): string => join(folder, 'engine-binaries', 'longhornio-longhorn-engine-v1.8.2', 'longhorn');

beforeEach(async () => {
  folder = await temporaryFolder();
  deletions = [];
  await mkdir(dirname(binary()), { recursive: true });
  // As long as the wait for a lock lasts, and as little work. Without a fork: the child has its parent's
  // arguments until it starts another program, and would be found, and stopped, as a second deletion.
  await writeFile(binary(), '#!/bin/bash\nread -t 30\n', { mode: 0o755 });
});

afterEach(async () => {
  // Until they have ended: the next test's are called the same, and would be taken for two.
  for (const child of deletions) {
    const ended = once(child, 'exit');
    if (child.kill('SIGKILL')) await ended;
  }
});

// Named and called as Longhorn's own is: the program's path, then `backup rm URL`.
const runLonghorn = (...args: string[]): number => {
  const child = spawn(binary(), args, { stdio: ['pipe', 'ignore', 'ignore'] });
  deletions.push(child);
  return child.pid ?? 0;
};
const url = (name: string): string => `nfs://store.default:/opt/backupstore?backup=${name}&volume=v`;

const isStopped = async (pid: number): Promise<boolean> =>
  (await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') T ');
const ledger = () => openLedger(folder);

test('the deletion of one backup is stopped, proven to be, and goes on when healed', async () => {
  const faults = openFaults({ cluster, ledger: await ledger() });
  const held = await faults.inject(heldDeletion.on(cluster, { pods, backup }));
  const meant = runLonghorn('backup', 'rm', url(backup));

  expect(await held.prove()).toBe(`its process (${meant} in longhorn-manager-local) is stopped`);
  expect(await isStopped(meant)).toBe(true);

  expect(await held.heal()).toBe('longhorn-manager-local released 1');
  expect(await isStopped(meant)).toBe(false);
  await expect(held.prove()).rejects.toThrow(/is in state [SR], not T/);
  expect(faults.expired()).toEqual([]);
});

test('a hold whose own bound is over has expired, until it is healed', async () => {
  const faults = openFaults({ cluster, ledger: await ledger() });
  const fault = heldDeletion.on(cluster, { pods, backup, bounds: { search: 30, hold: 1 } });
  const held = await faults.inject(fault);
  expect(faults.expired()).toEqual([]);
  runLonghorn('backup', 'rm', url(backup));
  await fault.settle?.();
  expect(faults.expired()).toEqual([
    `the deletion of ${backup} was held for 1 s, the fault's own bound, and has gone on since`,
  ]);
  await held.heal();
  expect(faults.expired()).toEqual([]);
});

/** The command itself, which begins to look for the deletion. */
const hold = (bounds: { search: number; hold: number }) =>
  startInPods(cluster, { pods, command: holdCommand({ token: 'token', backup, bounds }) });

test('other deletions of like names, and whatever else is done with the backup, are left alone', async () => {
  const running = hold({ search: 1, hold: 5 });
  const others = [
    ['rm', url(`${backup}0`)],
    ['rm', url(`my-${backup}`)],
    ['inspect', url(backup)],
    ['create', '--backup-name', backup, url(backup)],
  ].map((args) => runLonghorn('backup', ...args));
  await running.end(5_000);
  expect(running.commands[0]?.lines).toEqual(['watching', 'not found in 1 s']);
  expect(await Promise.all(others.map(isStopped))).toEqual([false, false, false, false]);
});

test('a hold that nobody ends lets go by itself', async () => {
  const running = hold({ search: 5, hold: 1 });
  const meant = runLonghorn('backup', 'rm', url(backup));
  await running.end(10_000);
  const lines = ['watching', `stopped ${meant}`, 'released by its bound of 1 s'];
  expect(running.commands[0]?.lines).toEqual(lines);
  expect(await isStopped(meant)).toBe(false);
});

test.each([
  ['lets go of what it has', true],
  ['that finds nothing ends', false],
])('a hold %s although nobody reads what it says any more', async (_, comes) => {
  const [program = '', ...args] = holdCommand({ token: 'token', backup, bounds: { search: 1, hold: 1 } });
  const holder = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  holder.stdout.destroy();
  const meant = comes ? runLonghorn('backup', 'rm', url(backup)) : undefined;
  expect(await new Promise((resolve) => holder.on('exit', resolve))).not.toBe(null);
  if (meant !== undefined) expect(await isStopped(meant)).toBe(false);
});

test('what a killed suite left behind is undone by the ledger alone, and its command in the pod ends', async () => {
  const fault = heldDeletion.on(cluster, { pods, backup });
  const held = await openFaults({ cluster, ledger: await ledger() }).inject(fault);
  const meant = runLonghorn('backup', 'rm', url(backup));
  await held.prove();

  expect(await healLeftOver({ cluster, ledger: await ledger() })).toEqual([
    `the deletion of ${backup} is held open: longhorn-manager-local released 1`,
  ]);
  expect(await isStopped(meant)).toBe(false);
  await fault.settle?.();
  expect((await ledger()).open()).toEqual([]);
});

test('a process whose stopper was killed is let go too', async () => {
  const meant = runLonghorn('backup', 'rm', url(backup));
  process.kill(meant, 'SIGSTOP');
  expect(await heldDeletion.heal(cluster, { token: 'token', backup, pods })).toBe(
    'longhorn-manager-local released 1',
  );
  expect(await isStopped(meant)).toBe(false);
});

test('released, a deletion is held again when it has removed the first of its files and another, and writes no lock, and keeps its lock', async () => {
  const files = Array.from({ length: 40 }, (_, index) => join(folder, 'v', 'blocks', `${index}.blk`));
  const lock = join(folder, 'v', 'locks', 'lock-1.lck');
  const temporary = `${lock}.tmp.1`;
  for (const file of [...files, temporary]) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, '');
  }
  await utimes(temporary, 0, 0);
  // With the lock open for the first six, for three under its temporary name. One file each 50 ms, once it is to begin: however late it is
  // found, and seldom looked at, it is not through by then.
  const begin = join(folder, 'begin');
  await writeFile(
    binary(),
    `#!${process.execPath}
const { closeSync, existsSync, openSync, renameSync, rmSync } = require('node:fs');
const files = ${JSON.stringify(files)};
const lock = openSync('${temporary}', 'a');
setInterval(() => {
  if (!existsSync('${begin}') || files.length === 0) return;
  rmSync(files.shift());
  if (files.length === 37) renameSync('${temporary}', '${lock}');
  if (files.length === 34) closeSync(lock);
}, 50);
`,
  );
  const faults = openFaults({ cluster, ledger: await ledger() });
  const fault = heldDeletion.on(cluster, { pods, backup, files });
  const held = await faults.inject(fault);
  const meant = runLonghorn('backup', 'rm', url(backup));
  await held.prove();

  await writeFile(begin, '');
  expect(await fault.handle?.continueUntilFileGone()).toBe('1.blk is gone');
  expect(await isStopped(meant)).toBe(true);
  expect([files[5], files.at(-1)].map((file = '') => existsSync(file))).toEqual([false, true]);
  await expect.poll(async () => (await stat(lock)).mtimeMs).toBeGreaterThan(0);
  await held.heal();
  expect(await isStopped(meant)).toBe(false);
});

test('a hold that finds nothing says so, with what the pods said', async () => {
  const fault = heldDeletion.on(cluster, { pods, backup, bounds: { search: 1, hold: 5 } });
  await fault.inject();
  await expect(fault.prove()).rejects.toThrow(
    `no process deleted ${backup} within 1 s of the watch for it (the fault's own bound); what the pods said:
  longhorn-manager-local: watching; not found in 1 s`,
  );
  await fault.settle?.();
});
