import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Whose output nobody reads from the beginning, as `| head` reads none after a while.
const unread = async (...command: string[]) => {
  const unbuffered = { stdin: 'ignore', buffer: { stdout: false } } as const;
  const running = execa('node', command, { cwd: root, reject: false, ...unbuffered });
  running.stdout.destroy();
  const { exitCode, stderr } = await running;
  return { exitCode, stderr };
};

test.concurrent.each([
  [['traceability'], 0],
  [['e2e', '--help'], 0],
  [['heal', '--kubeconfig', '/nope', '--run', 'abc123'], 1],
] as const)('%j ends without a stack when nobody reads it', async (command, exitCode) => {
  const ended = await unread('scripts/corral.ts', ...command);
  expect(ended.exitCode).toBe(exitCode);
  expect(ended.stderr).not.toMatch(/EPIPE|\n\s+at /);
});

test('output that a full disk did not take is a failure', async () => {
  const ended = await execa('sh', ['-c', 'node scripts/corral.ts bugs > /dev/full'], {
    cwd: root,
    reject: false,
  });
  const stderr = 'corral: the output cannot be written: ENOSPC: no space left on device, write';
  expect(ended).toMatchObject({ exitCode: 3, stderr });
});

// What undoes something must not end because of it.
test('a command that has something to finish goes on unheard', async () => {
  const work = `
    import { ignoreClosedPipe } from '${root}e2e/report/closed-pipe.ts';
    ignoreClosedPipe();
    for (let line = 0; line < 3; line += 1) {
      process.stdout.write('working\\n');
      await new Promise((resolve) => setImmediate(resolve));
    }
    process.stderr.write('finished\\n');
    process.exitCode = 7;`;
  expect(await unread('--input-type=module', '--eval', work)).toEqual({ exitCode: 7, stderr: 'finished' });
});
