import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { ExistingCluster } from '../../e2e/config/config.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import type { SettingNames } from './setting-names.ts';

/** Streams to ask a user with. */
export type Terminal = { input: Readable & { isTTY?: boolean }; output: Writable & { isTTY?: boolean } };

type ClusterIdentity = { server: string; context: string; uid: string };

/** Throws PreconditionError if the cluster is not the expected one. */
export const requireExpectedCluster = (
  { server, context, uid }: ClusterIdentity,
  { expectCluster }: Pick<ExistingCluster, 'expectCluster'>,
  settingNames: SettingNames,
): void => {
  if (expectCluster === undefined || expectCluster === uid) return;
  throw new PreconditionError({
    code: 'cluster-unexpected',
    where: `${settingNames.expectCluster(expectCluster)} is another cluster`,
    what: `${server} (context ${context}) is ${uid}; nothing was made in it`,
  });
};

/**
 * Makes sure that the user means this cluster. Without --expect-cluster, the user must type the context's
 * name. Without a terminal, throws PreconditionError with the flag to add.
 */
export const confirmCluster = async (
  { server, context, uid }: ClusterIdentity,
  {
    expectCluster,
    settingNames,
    terminal,
    signal,
  }: Pick<ExistingCluster, 'expectCluster'> & {
    settingNames: SettingNames;
    terminal: Terminal;
    signal: AbortSignal;
  },
): Promise<void> => {
  if (expectCluster !== undefined) return;
  const { input, output } = terminal;
  if (!input.isTTY || !output.isTTY)
    throw new PreconditionError({
      code: 'cluster-unconfirmed',
      what: `nobody has said yet that the cluster at ${server} (context ${context}) is the one`,
      remedy: `add ${settingNames.expectCluster(uid)}, or start this at a terminal`,
    });
  output.write(`Type the name of the context to go on (${context}): `);
  const typed = await readLine(input, signal);
  if (typed?.trim() === context) return;
  if (typed === undefined) output.write('\n');
  throw new PreconditionError({
    code: 'cluster-unconfirmed',
    what: 'not confirmed, and nothing was made',
    remedy: `type ${context}, or add ${settingNames.expectCluster(uid)}`,
  });
};

// Does not use readline's terminal mode, because Ctrl-C must reach this process as a signal. Returns
// undefined at the end of the input.
const readLine = async (input: Readable, signal: AbortSignal): Promise<string | undefined> => {
  const lines = createInterface({ input, terminal: false });
  try {
    const ended = once(lines, 'close', { signal }).then(() => undefined);
    const line = once(lines, 'line', { signal }).then(([text]) => String(text));
    line.catch(() => {});
    ended.catch(() => {});
    return await Promise.race([line, ended]);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    lines.close();
    input.pause();
  }
};
