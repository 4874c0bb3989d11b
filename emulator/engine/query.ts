import type { Behaviour } from '../environment.ts';
import type { Environment } from './child.ts';
import { runEngineCommand } from './command.ts';
import type { Mounts } from './mount.ts';

/**
 * Looks into a store by a longhorn command that changes nothing there, with the credentials of an environment,
 * and gives what the command prints; fails in the words of longhorn-manager.
 */
export type EngineQuery = (args: string[], environment: Environment) => Promise<string>;

/** A command that has a time, as longhorn-manager names it: its program stands among its arguments too. */
export const queryCommand = (binary: string, args: readonly string[]): string =>
  `${binary} [${[binary, ...args].join(' ')}]`;

/**
 * Makes looks that are given up after so many milliseconds. In Longhorn each is a process; here there are a
 * thousand in a run of the suite, and on the lab's nodes to start a Node takes longer than to look. So they
 * are made within the manager, with the words of the command that they stand for.
 */
export const createEngineQuery =
  ({
    binary,
    timeout,
    mounts,
    clock,
    mutant,
  }: Behaviour & { binary: string; timeout: number; mounts: Mounts }): EngineQuery =>
  async (args, environment) => {
    const command = queryCommand(binary, args);
    let [stdout, stderr] = ['', ''];
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`timeout executing: ${command}`)), timeout);
    try {
      const exitCode = await Promise.race([
        runEngineCommand(args, {
          mounts,
          environment,
          clock,
          mutant,
          out: (text) => {
            stdout += text;
          },
          err: (text) => {
            stderr += text;
          },
          untilReleased: async () => false,
        }),
        late,
      ]);
      if (exitCode !== 0)
        throw new Error(
          `failed to execute: ${command}, output ${stdout}, stderr ${stderr}: exit status ${exitCode}`,
        );
      return stdout;
    } finally {
      clearTimeout(timer);
    }
  };
