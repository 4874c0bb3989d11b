import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Cluster } from '../../kube/cluster.ts';
import { type PodCommands, startInPods, undoInPod } from '../../kube/in-pods.ts';
import type { FolderAccess } from '../../store/driver.ts';
import { podSchema } from '../../store/drivers/folder/pod-store.ts';
import type { FaultDocument, FaultOperations } from '../fault.ts';
import { storeFault } from './store-fault.ts';

const script = readFileSync(new URL('./server-stalled.bash', import.meta.url), 'utf8');

/** A command of the script: `stall`, `release` or `look`. */
export const stallCommand = (...args: string[]): string[] => ['bash', '-c', script, 'corral-stall', ...args];

// How the server is stopped, in seconds: permanently (`run` is 0), or alternately stopped and running. The command
// ends by itself after `bound`.
type Stall = {
  bound: number;
  stop: number;
  run: number;
  isInForce: (stopped: number) => boolean;
  describe: (stopped: number) => string;
};

const stall = (
  { cluster, pod, program }: FolderAccess,
  title: string,
  { bound, stop, run, isInForce, describe }: Stall,
): FaultOperations => {
  const token = randomBytes(4).toString('hex');
  const { namespace, name, container = '' } = pod;
  let stalling: PodCommands | undefined;
  return {
    data: { token, program, pod: { namespace, name, container } },
    inject: async () => {
      stalling = startInPods(cluster, {
        pods: [pod],
        command: stallCommand('stall', token, program, String(bound), String(stop), String(run)),
      });
      const { commands, until, describe } = stalling;
      const begun = (): boolean =>
        commands.every(({ lines }) => lines.some((line) => line.startsWith('stalled ')));
      await until(() => begun() || commands.some(({ ended }) => ended !== undefined), 30_000);
      if (!begun())
        throw new Error(
          `${program} was not stopped, after at most 30 s (set-up of the fault):\n${describe()}`,
        );
    },
    prove: async () => {
      const { stdout, stderr, exitCode } = await cluster.exec(pod, stallCommand('look', program));
      const stopped = Number(stdout);
      if (exitCode !== 0)
        throw new Error(`the fault is not in force: ${title}: ${`${stdout}${stderr}`.trim()}`);
      if (!isInForce(stopped))
        throw new Error(
          `the fault is not in force: ${title}: ${program} in ${name} was stopped at ${stopped} of 100 looks`,
        );
      return `${program} in ${name} ${describe(stopped)}`;
    },
    expired: () =>
      stalling?.commands.some(({ lines }) => lines.includes('runs again'))
        ? `${program} in ${name} was stopped for ${bound} s, the fault's own bound, and runs again since`
        : undefined,
    settle: async () => stalling?.end(10_000),
  };
};

const schema = z.object({ token: z.string(), program: z.string(), pod: podSchema });

// If the server's pod is gone, the fault is gone too. There is no heal by labels, because the server runs again by
// itself.
const stalled = (how: Stall) => ({
  folder: {
    make: (access: FolderAccess, title: string) => stall(access, title, how),
    heal: async (cluster: Cluster, data: unknown) => {
      const { token, program, pod } = schema.parse(data);
      const failed = `${program} in ${pod.name} could not be continued`;
      const command = stallCommand('release', token, program);
      return undoInPod(cluster, {
        pod,
        command,
        failed,
        gone: `${pod.name} is gone, and its server with it`,
      });
    },
  },
});

const stopped: Pick<Stall, 'stop' | 'run' | 'isInForce' | 'describe'> = {
  stop: 0,
  run: 0,
  isInForce: (looks) => looks === 100,
  describe: () => 'is stopped',
};

const document: FaultDocument = {
  about:
    "The store's server does not answer, and its connections stay open: for a while (`serverFrozen`), or until the heal, as if it were gone (`serverGone`). Or it is slow (`serverSlow`).",
  inject:
    'a command in its pod stops the program (SIGSTOP), completely or for four fifths of each tenth of a second',
  prove:
    "the program's state at a hundred looks: stopped at all of them, or at more than forty and fewer than a hundred",
  heal: 'SIGCONT, and the command is ended',
  bound: `the command ends the stall by itself, after 25 s when frozen, after 40 min when gone, after 5 min when slow. A soft NFS mount with Longhorn's options (timeo=300) may report an error to its users from 30 s on, and then the whole store is unavailable for Longhorn; on a real v1.12.1 in the lab, a server that did not answer for 12 min caused no error.`,
  otherUsers: `each longhorn-manager that reads this store waits until the server runs again: one of its workers is busy until then, and programs that access all mounts of the node (\`df\`, \`sync\`) wait too. Nothing remains afterwards`,
  'in scenarios':
    '`given.serverGone` and `given.serverSlow`, healed by `when.released`; no scenario uses `serverFrozen`',
};

const about = {
  ledgerName: 'stalled-server',
  needs: 'a backup store whose server can be made to answer nothing, or slowly',
  disruption: 'store-stall',
  parameters: () => ({}),
  document,
} as const;

/**
 * A server does not answer while its connections stay open. The fault ends by itself after 25 s. A soft NFS mount
 * with Longhorn's options (timeo=300) reports its first error after 30 s, and Longhorn would then mark the whole
 * store unavailable.
 */
export const serverFrozen = storeFault({
  ...about,
  name: 'serverFrozen',
  sentence: "the store's server answers nothing",
  ways: stalled({ ...stopped, bound: 25 }),
});

/**
 * A server does not answer until the heal. Longhorn's mounts report errors meanwhile, and Longhorn marks the whole
 * store unavailable. The fault ends by itself after 40 min.
 */
export const serverGone = storeFault({
  ...about,
  name: 'serverGone',
  sentence: "the store's server is gone",
  targetSays: ['target-not-mounted', 'target-not-listed'],
  ways: stalled({ ...stopped, bound: 2400 }),
});

/** A server is slow: it is stopped for 80 ms of every 100 ms. The fault ends by itself after 5 min. */
export const serverSlow = storeFault({
  ...about,
  name: 'serverSlow',
  sentence: "the store's server is slow",
  ways: stalled({
    bound: 300,
    stop: 0.08,
    run: 0.02,
    isInForce: (looks) => looks > 40 && looks < 100,
    describe: (looks) => `was stopped at ${looks} of 100 looks`,
  }),
});
