import { access, constants } from 'node:fs/promises';
import type { Behaviour } from '../environment.ts';
import type { StoreCredentials } from './child.ts';
import { runEngineCommand } from './command.ts';
import type { Mounts } from './mount.ts';

/**
 * Runs a longhorn command that only reads a store, with the credentials of an environment. Returns its
 * output. Throws longhorn-manager's texts.
 */
export type EngineQuery = (args: string[], environment: StoreCredentials) => Promise<string>;

/** Formats a command with a timeout as longhorn-manager does: the program is among its arguments too. */
export const queryCommand = (binary: string, args: readonly string[]): string =>
  `${binary} [${[binary, ...args].join(' ')}]`;

/** Why a program that is not there could not be started, in the words of Go's os/exec. */
export const notStarted = (binary: string): string => `fork/exec ${binary}: no such file or directory`;

/**
 * Creates queries with a timeout in milliseconds. In Longhorn each is a process. Here a run of the suite has
 * a thousand, and on lab nodes the start of Node takes longer than the query. So queries run inside the
 * manager, with the error texts of the command.
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
    if (mutant !== 'missing-binary-ignored')
      await access(binary, constants.X_OK).catch(() => {
        throw new Error(`failed to execute: ${command}, output , stderr : ${notStarted(binary)}`);
      });
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
