import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { waitUntil } from '../history/expectation.ts';
import { follow } from '../history/watch.ts';
import type { Cluster, PodTarget } from '../kube/cluster.ts';
import { execInPod } from '../kube/in-pods.ts';
import { longhornResources } from '../longhorn/resources.ts';
import type { Volume } from '../longhorn/types.ts';
import type { Fault, FaultKind } from './fault.ts';

const script = readFileSync(new URL('./replica-killed.bash', import.meta.url), 'utf8');

/** A command of the script: `kill DIRECTORY`, or `running PID START...`. */
const killCommand = (...args: string[]): string[] => ['bash', '-c', script, 'corral-kill', ...args];

const schema = z.object({ namespace: z.string(), volume: z.string() });

/** The volume whose replica was killed. */
type KilledReplica = z.infer<typeof schema>;

const on = (
  cluster: Cluster,
  { replica, directory, pod, volume }: { replica: string; directory: string; pod: PodTarget; volume: string },
): Fault => {
  const { namespace } = pod;
  let killed: string[] | undefined;
  return {
    kind: replicaKilled,
    title: `the process of replica ${replica} was killed`,
    data: { namespace, volume } satisfies KilledReplica,
    inject: async () => {
      const failed = `replica ${replica} could not be killed in ${pod.name}`;
      killed = (await execInPod(cluster, pod, killCommand('kill', directory), failed)).split(/\s+/);
    },
    prove: async () => {
      if (killed === undefined)
        throw new Error(`replica ${replica} was not killed: the fault was not injected`);
      const failed = `the process of replica ${replica} could not be looked for in ${pod.name}`;
      const running = await execInPod(cluster, pod, killCommand('running', ...killed), failed);
      if (running !== '')
        throw new Error(`replica ${replica} was not killed: its process ${running} still runs`);
      return `its process (${killed[0]} in ${pod.name}) has ended`;
    },
  };
};

// Others need not wait for it, but the volume is not sound before.
const untilHealthy = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { namespace, volume: name } = schema.parse(data);
  await using volumes = await follow<Volume>(cluster, longhornResources.volumes, {
    namespace,
    fieldSelector: `metadata.name=${name}`,
  });
  if (volumes.current(name) === undefined) return `volume ${name} is gone, and its replicas with it`;
  const { status } = await waitUntil(
    volumes,
    ({ status }) => status?.state !== 'attached' || status.robustness === 'healthy',
    {
      label: `volume ${name} has all its replicas again, or is detached`,
      within: '5m',
      owner: 'heal of a killed replica: Longhorn starts it again, and copies to it what it lacks',
      describe: ({ status }) => `${status?.state ?? 'no state yet'}, ${status?.robustness ?? ''}`,
    },
  );
  return `volume ${name} is ${status?.state === 'attached' ? 'healthy' : 'not attached'}`;
};

/**
 * The process of a replica is killed (SIGKILL), and the helper that makes its backups ends with it. Longhorn rebuilds
 * the replica by itself. The heal only waits for that.
 */
export const replicaKilled = {
  name: 'replicaKilled',
  ledgerName: 'killed-replica',
  disruption: 'replica-kill',
  reach: 'none',
  onlyWaits: true,
  on,
  heal: untilHealthy,
  document: {
    about: 'The process of one replica is killed, such as the replica that uploads a backup.',
    inject:
      "a command in the pod of the replica's instance manager (in the [emulator](emulator.md), of its manager) finds the process by the replica's folder, and kills it (SIGKILL)",
    prove: 'no process with its number and its start time is left',
    heal: 'there is nothing to undo; healed means that the volume is healthy, or detached',
    bound: 'Longhorn starts the replica again by itself',
    otherUsers:
      "nobody: the volume is the scenario's own, and each replica has a process of its own. To find it, the processes of one instance manager are searched once",
    'in scenarios': '`when.uploaderKilled`, `when.replicaKilled`',
  },
} as const satisfies FaultKind & { on: typeof on };
