import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { folderOfEachTest } from './temporary-folder.ts';

const dir = folderOfEachTest();
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// After its start, the worker reports to vitest for a moment, and would end only because that fails. So wait first.
test('a worker ends with the vitest that started it, and ends what its test has started', async () => {
  await writeFile(
    dir('one.test.ts'),
    `import { execa } from '${fileURLToPath(import.meta.resolve('execa'))}';
    import { test } from 'vitest';
    import '${here('end-with-run.ts')}';
    test('waits', async () => {
      const child = execa('sleep', ['1000']);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      console.log(\`pids \${process.pid} \${child.pid} \`);
      await child;
    }, 1_000_000);`,
  );
  const vitest = [here('../../node_modules/vitest/vitest.mjs'), 'run', '--root', dir()];
  const run = spawn(process.execPath, [...vitest, '--disableConsoleIntercept'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const pids = await new Promise<number[]>((resolve, reject) => {
    run.stdout.on('data', (chunk) => {
      output += chunk;
      const [, ...found] = /pids (\d+) (\d+) /.exec(output) ?? [];
      if (found.length > 0) resolve(found.map(Number));
    });
    run.once('exit', () => reject(new Error(output)));
  });
  const isRunning = (pid: number): boolean => {
    try {
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  };
  onTestFinished(() => {
    for (const pid of pids.filter(isRunning)) process.kill(pid, 'SIGKILL');
  });
  expect(pids.map(isRunning)).toEqual([true, true]);
  run.kill('SIGKILL');
  await once(run, 'exit');
  await expect.poll(() => pids.map(isRunning), { timeout: 60_000 }).toEqual([false, false]);
});
