/** What a command gets for a store that asks for credentials: by its environment, as nobody sees them there. */
export type Environment = Record<string, string>;

/**
 * Environment of the longhorn commands a manager starts. A command holds but two blocks at a time; a small
 * heap makes Node collect the others soon, which halves what an upload takes beyond the 43 MB of Node itself.
 * On a node of 1 GiB several may run at once.
 */
export const childEnvironment = (credentials: Environment): NodeJS.ProcessEnv => ({
  ...process.env,
  ...credentials,
  NODE_OPTIONS: '--max-old-space-size=48 --max-semi-space-size=1',
});

/**
 * Waits, as such a command, for a word from the manager that started it; false if that has closed its
 * standard input instead.
 */
export const untilReleasedByManager = async (): Promise<boolean> => {
  for await (const _ of process.stdin) return true;
  return false;
};
