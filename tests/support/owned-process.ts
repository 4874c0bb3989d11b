import { ownedCommand } from '../../lab/build/owned-command.ts';

export type OwnedProcess = ReturnType<typeof startOwned>;

/** Starts a program that ends with this process, however that ends; what it writes goes to `onText`. */
export const startOwned = (
  command: string,
  args: readonly string[],
  { env, onText = () => {} }: { env?: Record<string, string>; onText?: (text: Buffer) => void } = {},
) => {
  const child = ownedCommand(command, args, {
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    ...(env && { env }),
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', onText);
  // Who reads the other end may be gone before us.
  child.stdin.on('error', () => {});
  const ended = child.then(({ exitCode }) => exitCode);
  return {
    /** Its exit code, when it has ended. */
    ended,
    /** Ends it at once, with all that it has started. */
    kill: async () => {
      child.stdin.end();
      await ended;
    },
  };
};
