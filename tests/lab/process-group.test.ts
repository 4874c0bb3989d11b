import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { processGroupStates, waitForProcessGroup } from '../../lab/run/process-group.ts';

test('a process that ended under a stopped parent is no member of the group any more', async () => {
  // The child ends by the signal, which the stopped parent does not even notice: nobody collects the child.
  const parent = spawn('sh', ['-c', 'sleep 1000 & echo; kill -STOP $$'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const group = parent.pid as number;
  onTestFinished(() => void process.kill(-group, 'SIGKILL'));
  await once(parent.stdout, 'data');
  // The child sleeps a moment after its parent has stopped, on a busy machine.
  await waitForProcessGroup(group, (states) => states.toSorted().join() === 'S,T');
  expect((await processGroupStates(group)).sort()).toEqual(['S', 'T']);

  process.kill(-group, 'SIGTERM');
  await waitForProcessGroup(group, (states) => states.length === 1);
  expect(await processGroupStates(group)).toEqual(['T']);
});
