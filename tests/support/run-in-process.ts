import { vi } from 'vitest';
import { guardOutput } from '../../e2e/kube/redact/guard-output.ts';

/** How a command ended, and what it said. */
type Ended = { code: number; stdout: string; stderr: string };

/** Runs a command's function in this process, as its script does, and keeps what it prints. */
export const captured = async (work: () => number | Promise<number>): Promise<Ended> => {
  const texts = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      texts[stream] += text;
      return true;
    }),
  );
  guardOutput();
  try {
    return { code: await work(), ...texts };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
};

/**
 * What the command makes of what a provider says: one line, and exit code 3 for a PreconditionError, also for a lab's
 * (see run-command.ts).
 */
export const asCommand = async (work: () => Promise<unknown>): Promise<number> => {
  try {
    await work();
    return 0;
  } catch (error) {
    const { name, message, stack } = error as Error;
    process.stderr.write(`e2e: ${name === 'PreconditionError' ? message : stack}\n`);
    return 3;
  }
};

const home = process.cwd();

/**
 * Runs a command's function in this process, in a folder, and gives what who spawned it would get: without
 * the end of the last line. One at a time.
 */
export const runInProcess = async (work: () => number | Promise<number>, cwd = home) => {
  process.chdir(cwd);
  try {
    const { code, stdout, stderr } = await captured(work);
    return { exitCode: code, stdout: stdout.replace(/\n$/, ''), stderr: stderr.replace(/\n$/, '') };
  } finally {
    process.chdir(home);
  }
};
