import { createInterface } from 'node:readline';

/** Credentials of a backup store. A command gets them in its environment, because other processes cannot read that. */
export type StoreCredentials = Record<string, string>;

/**
 * Environment of the longhorn commands that a manager starts. A command holds only two blocks at a time. With
 * a small heap Node frees the others soon: an upload then needs half the memory beyond the 43 MB of Node
 * itself. A node of 1 GiB may run several commands at once.
 */
export const childEnvironment = (credentials: StoreCredentials): NodeJS.ProcessEnv => ({
  ...process.env,
  ...credentials,
  NODE_OPTIONS: '--max-old-space-size=48 --max-semi-space-size=1',
});

/**
 * Waits in such a command until the manager writes to standard input. Returns false if the manager closes it
 * instead. Each later line has new credentials. They replace those in `environment`.
 */
export const waitForStartSignal = (environment: NodeJS.ProcessEnv): Promise<boolean> => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const lines = createInterface(process.stdin);
  lines.once('line', () => {
    // The command ends when its work ends.
    process.stdin.unref();
    lines.on('line', (line) => Object.assign(environment, JSON.parse(line)));
    resolve(true);
  });
  lines.once('close', () => resolve(false));
  return promise;
};
