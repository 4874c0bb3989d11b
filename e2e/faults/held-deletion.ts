import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Cluster, PodTarget } from '../kube/cluster.ts';
import { execInPod, inEachPod, type PodCommands, startInPods, undoInPod } from '../kube/in-pods.ts';
import type { Fault, FaultKind } from './fault.ts';

const script = readFileSync(new URL('./held-process.bash', import.meta.url), 'utf8');

const command = (...words: string[]): string[] => ['bash', '-c', script, 'corral-hold', ...words];

/**
 * Time limits of a held deletion, in seconds: `search` for the process to appear, `hold` for the time that it is
 * stopped.
 */
export type HoldBounds = { search: number; hold: number };

/**
 * The command that waits for the process which deletes a backup, and stops it. It prints one line for each step:
 * `watching`; then `stopped PID...` or `not found...`; at the end `released...`. A `continue` command adds a line
 * `stopped again...`.
 */
export const holdCommand = ({
  token,
  backup,
  bounds,
  files = [],
}: {
  token: string;
  backup: string;
  bounds: HoldBounds;
  files?: readonly string[];
}): string[] => command('hold', token, backup, String(bounds.search), String(bounds.hold), ...files);

/** The command that releases the process and ends the hold command if it still runs. */
const releaseCommand = ({ token, backup }: { token: string; backup: string }): string[] =>
  command('release', token, backup);

/** The command that lets a held process continue until one of its files is gone. */
const continueCommand = (token: string): string[] => command('continue', token);

/** The command that prints the state letter of each process: `T` if it is stopped, `-` if it has ended. */
const stateCommand = (pids: string[]): string[] => command('state', ...pids);

const schema = z.object({
  token: z.string(),
  backup: z.string(),
  pods: z.array(z.object({ namespace: z.string(), name: z.string(), container: z.string() })),
});

/** A hold on the deletion of a backup: the pods to search, and the token that identifies its commands. */
type Hold = z.infer<typeof schema>;

// If a pod is gone, the process that it held is gone too.
const releaseHold = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { token, backup, pods } = schema.parse(data);
  const states = await inEachPod(pods, async (pod) => {
    const failed = `releasing the deletion of ${backup} in ${pod.name} failed`;
    return `${pod.name} ${await undoInPod(cluster, { pod, command: releaseCommand({ token, backup }), failed, gone: 'is gone' })}`;
  });
  return states.join(', ');
};

// The command in the pod applies both limits, in case no client is left. 120 s is below 150 s: the lock of the
// deletion expires after that, because a stopped process does not refresh it (backupstore, lock.go). 60 s is for the
// scenario, which starts the deletion right after the inject.
const defaultBounds: HoldBounds = { search: 60, hold: 120 };

/** A held deletion that can continue for a while. */
export type HeldDeletion = {
  /** Lets the deletion continue until one of `files` is gone, and stops it there. Returns the file that went last. */
  continueUntilFileGone(): Promise<string>;
};

const on = (
  cluster: Cluster,
  {
    pods,
    backup,
    label = backup,
    files = [],
    bounds = defaultBounds,
  }: {
    pods: Hold['pods'];
    backup: string;
    label?: string;
    files?: readonly string[];
    bounds?: HoldBounds;
  },
): Fault<HeldDeletion> => {
  const token = randomBytes(4).toString('hex');
  const data: Hold = {
    token,
    backup,
    pods: pods.map(({ namespace, name, container }) => ({ namespace, name, container })),
  };
  let holders: PodCommands | undefined;
  let found: { pod: PodTarget; pids: string[] } | undefined;

  const find = async (running: PodCommands): Promise<{ pod: PodTarget; pids: string[] }> => {
    const { commands, until, describe } = running;
    const over = () =>
      commands.every(
        ({ lines, ended }) => ended !== undefined || lines.some((line) => line.startsWith('not found')),
      );
    await until(() => stoppedIn(running) !== undefined || over(), (bounds.search + 5) * 1000);
    const stopped = stoppedIn(running);
    if (stopped === undefined) {
      throw new Error(
        `no process deleted ${backup} within ${bounds.search} s of the watch for it (the fault's own bound); what the pods said:\n${describe()}`,
      );
    }
    await releaseHold(cluster, { ...data, pods: data.pods.filter(({ name }) => name !== stopped.pod.name) });
    return stopped;
  };

  const holding = async () => {
    if (holders === undefined)
      throw new Error(`the deletion of ${backup} is not held: the fault was not injected`);
    found ??= await find(holders);
    return { holders, found };
  };

  return {
    kind: heldDeletion,
    title: `the deletion of ${label} is held open`,
    data,
    inject: async () => {
      const running = startInPods(cluster, {
        pods: data.pods,
        command: holdCommand({ token, backup, bounds, files }),
      });
      holders = running;
      const watching = () => running.commands.every(({ lines }) => lines.includes('watching'));
      await running.until(
        () => watching() || running.commands.some(({ ended }) => ended !== undefined),
        30_000,
      );
      if (!watching())
        throw new Error(
          `not every manager pod is watched for the deletion of ${backup}, after at most 30 s (set-up of the fault):\n${running.describe()}`,
        );
    },
    prove: async () => {
      const { holders, found } = await holding();
      const { stdout } = await cluster.exec(found.pod, stateCommand(found.pids));
      const states = stdout.trim().split(/\s+/);
      if (states.some((state) => state !== 'T')) {
        throw new Error(
          `the deletion of ${backup} is not held: its process ${found.pids.join(', ')} in ${found.pod.name} is in state ${states.join(', ')}, not T; what the pods said:\n${holders.describe()}`,
        );
      }
      return `its process (${found.pids.join(', ')} in ${found.pod.name}) is stopped`;
    },
    expired: () => {
      const isOver = holders?.commands.some(({ lines }) =>
        lines.some((line) => line.startsWith('released by its bound')),
      );
      return isOver
        ? `the deletion of ${label} was held for ${bounds.hold} s, the fault's own bound, and has gone on since`
        : undefined;
    },
    // The heal has ended the commands. A stream that does not end is closed; its command has its own time limit.
    settle: async () => holders?.end(10_000),
    handle: {
      continueUntilFileGone: async () => {
        const { holders, found } = await holding();
        const failed = `the deletion of ${backup} could not be continued in ${found.pod.name}`;
        await execInPod(cluster, found.pod, continueCommand(token), failed);
        const own = holders.commands.filter(({ pod }) => pod.name === found.pod.name);
        const again = () =>
          own.flatMap(({ lines }) => /^stopped again, (.*)$/.exec(lines.at(-1) ?? '')?.[1] ?? [])[0];
        const isOver = () =>
          own.some(
            ({ lines, ended }) => ended !== undefined || /^(?:ended|released)/.test(lines.at(-1) ?? ''),
          );
        await holders.until(() => again() !== undefined || isOver(), bounds.hold * 1000);
        const gone = again();
        if (gone !== undefined) return gone;
        const why = isOver()
          ? 'ended, or was released, before it was held again'
          : `was not held again within ${bounds.hold} s (the fault's own bound)`;
        throw new Error(`the deletion of ${backup} ${why}; what the pods said:\n${holders.describe()}`);
      },
    },
  };
};

const stoppedIn = ({ commands }: PodCommands): { pod: PodTarget; pids: string[] } | undefined =>
  commands.flatMap(({ pod, lines }) => {
    const line = lines.find((candidate) => /^stopped \d/.test(candidate));
    return line === undefined ? [] : [{ pod, pids: line.split(' ').slice(1) }];
  })[0];

/**
 * The deletion of a backup is stopped in the manager pod of the backup's owner. The owner may change, so all manager
 * pods are searched, from before the deletion on. The process waits 2 s for its lock and then removes the config; it
 * must be stopped before that.
 * `files` are paths of files that the deletion removes, as the pod sees them, the config first. `continueUntilFileGone` stops the
 * process again when the first file and one of the others are gone. There is no heal by labels, because the hold ends
 * by itself.
 */
export const heldDeletion = {
  name: 'heldDeletion',
  ledgerName: 'held-deletion',
  disruption: 'process-hold',
  reach: 'none',
  on,
  heal: releaseHold,
  document: {
    about: 'The process that deletes a backup is stopped, so that the state Deleting lasts.',
    inject:
      'before the deletion, a command is started in all longhorn-manager pods; it waits for the process that deletes this backup, and stops it (SIGSTOP)',
    prove: 'the process is in state `T`',
    'held again':
      'the process runs for some milliseconds at a time, until its pod no longer sees the config of the backup, and, where the scenario asks for that, a block of the volume. Then it is stopped again: for Longhorn the backup is gone, but the command has not ended. From then on the fault renews the lock every two seconds; the process itself would do so each minute',
    heal: 'SIGCONT, and the commands are ended',
    bound:
      "60 s for the process to appear, 120 s for the hold; the deletion's lock, which nobody refreshes before it is held again, counts for 150 s",
    otherUsers: `no process of others is stopped, because the backup's name is the scenario's own. To find that process in time, the processes of each longhorn-manager container are searched 50 times a second, for at most 60 s, which takes some of its processor time. No worker of the manager waits for a stopped \`backup rm\`. Only the pod's log remains`,
    'in scenarios':
      '`given.heldDeletion`, and `given.heldRemoval` with `when.deletionContinued`; healed by `when.released`',
  },
} as const satisfies FaultKind & { on: typeof on };
