import { chmod, mkdir, readdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { clocks } from '../../../emulator/clocks.ts';
import { deployBinary } from '../../../emulator/engine/binary.ts';
import { removeEmptyMetadata, writeHeadMetadata } from '../../../emulator/engine/replica-files.ts';
import { createReplicaProcesses, type ReplicaProcesses } from '../../../emulator/engine/replica-process.ts';
import { createLog } from '../../../emulator/log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
let binary: string;
let lines: string[];
let failed: string[];
let replicas: ReplicaProcesses | undefined;

beforeEach(async () => {
  folder = await temporaryFolder();
  binary = join(folder, 'engine-binaries/engine/longhorn');
  await writeFile(join(folder, 'command'), '');
  await deployBinary({ file: join(folder, 'command'), companionFiles: [] }, binary);
});
afterEach(() => replicas?.end('v-r-1'));

/** Starts a replica whose helper is due after so many milliseconds; gives what says how it stands. */
const start = ({ replicaHelper = 0, directory = '/replica' } = {}) => {
  lines = [];
  failed = [];
  const log = createLog((line) => lines.push(line));
  const own = createReplicaProcesses({
    ...{ binary, clock: { ...clocks.fast, replicaHelper }, mutant: undefined, log },
    onFail: (directory) => failed.push(directory),
  });
  replicas = own;
  const state = () => own.ensure('v-r-1', directory, () => undefined);
  expect(state()).toBe('starting');
  return { state, until: (wanted: string) => expect.poll(state).toBe(wanted) };
};

/** A wrapper in the binary's place, which hands all on to it; what it is called then. */
const wrap = async (): Promise<string> => {
  const real = join(folder, 'engine-binaries/engine/real/longhorn');
  await mkdir(dirname(real));
  await rename(binary, real);
  await writeFile(binary, '#!/bin/sh\nexec "$(dirname "$0")/real/longhorn" "$@"\n', { mode: 0o755 });
  return real;
};

const childrenOf = async (pid: number | string): Promise<string[]> =>
  (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean);
const commandOf = (pid: string): Promise<string> => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
/** The child of this process that a program runs in. */
const childOf = async (program: string): Promise<string | undefined> => {
  for (const pid of await childrenOf(process.pid)) if ((await commandOf(pid)).includes(program)) return pid;
};

test('one that was started through a wrapper starts its helper from the path that the wrapper gave it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const real = await wrap();
  const { until } = start({ replicaHelper: 60_000 });
  while ((await childOf(real)) === undefined) await setImmediate();
  // As a program that is its own file is removed after its start; a shell has yet to open this one by its
  // name.
  await chmod(real, 0o644);
  vi.advanceTimersByTime(60_000);
  await until('error');
  expect(lines).toEqual([
    expect.stringContaining(
      `[v-r-1] Error running start replica command: exec: \\"${real}\\": stat ${real}: no such file or directory`,
    ),
  ]);
});

test('a replica whose helper is killed has failed, and stays so until it is ended', async () => {
  const { until, state } = start();
  await until('running');
  expect(replicas?.isRunning('/replica')).toBe(true);
  const [helper] = await childrenOf((await childOf(binary)) ?? '');
  process.kill(Number(helper), 'SIGKILL');
  await until('error');
  expect(state()).toBe('error');
  expect(lines.join()).toContain('[v-r-1] the process ended with exit status 137');
  expect([failed, replicas?.isRunning('/replica')]).toEqual([['/replica'], false]);
  replicas?.end('v-r-1');
  expect(failed).toEqual(['/replica']);
  expect(state()).toBe('starting');
});

test('each snapshot leaves metadata of a new head, and a replica does not start with an empty file of them', async () => {
  const made = { parent: 's1', created: '2026-11-30T00:00:00Z', sync: false };
  await writeHeadMetadata(folder, made);
  const { until } = start({ directory: folder });
  await until('running');
  replicas?.end('v-r-1');

  await writeHeadMetadata(folder, { ...made, parent: 's2' });
  const ofHeads = async () => (await readdir(folder)).filter((name) => name.startsWith('volume-head-'));
  expect(await ofHeads()).toEqual(['volume-head-002.img.meta']);
  const metadata = join(folder, 'volume-head-002.img.meta');
  expect(JSON.parse(await readFile(metadata, 'utf8'))).toMatchObject({
    ...{ Name: 'volume-head-002.img', Parent: 'volume-snap-s2.img' },
  });
  await truncate(metadata);
  await start({ directory: folder }).until('error');
  expect(lines.join()).toContain('[v-r-1] Error running start replica command: EOF');
  replicas?.end('v-r-1');

  await removeEmptyMetadata(folder);
  expect(await ofHeads()).toEqual([]);
  await start({ directory: folder }).until('running');
});
