import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import { type PodCommands, startInPods, undoInPod } from '../../../kube/in-pods.ts';
import type { Heal, Trouble } from '../../driver.ts';
import { podSchema } from './pod-store.ts';

const script = readFileSync(new URL('./stalled-server.bash', import.meta.url), 'utf8');

/** A command of the script, `stall`, `release` or `look`. */
export const stallCommand = (...args: string[]): string[] => ['bash', '-c', script, 'corral-stall', ...args];

type Server = { pod: PodTarget; program: string; title: string };

// How the server is stopped, in seconds: for good, or in turns with running. Whoever is left to end it, the
// command does so after `bound`.
type Stall = {
  bound: number;
  stop: number;
  run: number;
  isInForce: (stopped: number) => boolean;
  tell: (stopped: number) => string;
};

const stalledServer = (
  cluster: Cluster,
  { pod, program, title }: Server,
  { bound, stop, run, isInForce, tell }: Stall,
): Trouble => {
  const token = randomBytes(4).toString('hex');
  const { namespace, name, container = '' } = pod;
  let stalling: PodCommands | undefined;
  return {
    title,
    data: { token, program, pod: { namespace, name, container } },
    inject: async () => {
      stalling = startInPods(cluster, {
        pods: [pod],
        command: stallCommand('stall', token, program, String(bound), String(stop), String(run)),
      });
      const { commands, until, told } = stalling;
      const begun = (): boolean =>
        commands.every(({ lines }) => lines.some((line) => line.startsWith('stalled ')));
      await until(() => begun() || commands.some(({ ended }) => ended !== undefined), 30_000);
      if (!begun())
        throw new Error(`${program} was not stopped, after at most 30 s (set-up of the fault):\n${told()}`);
    },
    prove: async () => {
      const { stdout, stderr, exitCode } = await cluster.exec(pod, stallCommand('look', program));
      const stopped = Number(stdout);
      if (exitCode !== 0) throw new Error(`it is not so that ${title}: ${`${stdout}${stderr}`.trim()}`);
      if (!isInForce(stopped))
        throw new Error(
          `it is not so that ${title}: ${program} in ${name} was stopped at ${stopped} of 100 looks`,
        );
      return tell(stopped);
    },
    lapsed: () =>
      stalling?.commands.some(({ lines }) => lines.includes('runs again'))
        ? `${program} in ${name} was stopped for ${bound} s, the fault's own bound, and runs again since`
        : undefined,
    settle: async () => stalling?.end(10_000),
  };
};

/**
 * A server answers nothing while its connections stay open. It ends by itself after 25 s: a soft NFS mount
 * with Longhorn's options (timeo=300) reports no error to its users before 30 s, after which Longhorn would
 * take the whole store for unavailable.
 */
export const frozenServer = (cluster: Cluster, server: Server): Trouble =>
  stalledServer(cluster, server, {
    bound: 25,
    stop: 0,
    run: 0,
    isInForce: (stopped) => stopped === 100,
    tell: () => `${server.program} in ${server.pod.name} is stopped`,
  });

/**
 * A server answers nothing until the heal, as one that is gone; so long that Longhorn's mounts report errors,
 * and Longhorn takes the whole store for unavailable. Ends by itself after 40 min.
 */
export const lostServer = (cluster: Cluster, server: Server): Trouble =>
  stalledServer(cluster, server, {
    bound: 2400,
    stop: 0,
    run: 0,
    isInForce: (stopped) => stopped === 100,
    tell: () => `${server.program} in ${server.pod.name} is stopped`,
  });

/**
 * A server is slow: it is stopped for four fifths of the time, a tenth of a second in all each round. Ends by
 * itself after 5 min.
 */
export const slowServer = (cluster: Cluster, server: Server): Trouble =>
  stalledServer(cluster, server, {
    bound: 300,
    stop: 0.08,
    run: 0.02,
    isInForce: (stopped) => stopped > 40 && stopped < 100,
    tell: (stopped) => `${server.program} in ${server.pod.name} was stopped at ${stopped} of 100 looks`,
  });

const schema = z.object({ token: z.string(), program: z.string(), pod: podSchema });

/**
 * Lets a stopped server run again; one whose pod is gone went with it. By labels nothing is looked for: it
 * runs again by itself.
 */
export const letServerRun: Heal = {
  heal: async (cluster, data) => {
    const { token, program, pod } = schema.parse(data);
    const failed = `${program} in ${pod.name} could not be let go`;
    const command = stallCommand('release', token, program);
    return undoInPod(cluster, { pod, command, failed, gone: `${pod.name} is gone, and its server with it` });
  },
};
