import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { allProcesses, processStat } from '../../e2e/machine/process-stat.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a process that leads a group, whatever it is called; nothing of one that has ended', async () => {
  const program = join(await temporaryFolder(), 'x) R 1 2');
  await copyFile('/bin/sleep', program);
  const child = spawn(program, ['60'], { detached: true });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const pid = child.pid as number;
  expect(await processStat(pid)).toMatchObject({ state: expect.stringMatching(/^[RSD]$/), group: pid });
  expect(await allProcesses()).toContainEqual(expect.objectContaining({ pid, group: pid }));
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await processStat(pid)).toBeUndefined();
});

test('CPU time is that of the process itself, as the process knows it', async () => {
  const end = Date.now() + 100;
  while (Date.now() < end);
  const { user, system } = process.cpuUsage();
  const { ownSeconds = 0, childrenSeconds = Number.NaN } = (await processStat('self')) ?? {};
  expect(ownSeconds).toBeGreaterThan(0);
  expect(Math.abs(ownSeconds - (user + system) / 1e6)).toBeLessThan(1);
  expect(childrenSeconds).toBeGreaterThanOrEqual(0);
});
