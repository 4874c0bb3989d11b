import { z } from 'zod';
import type { Cluster } from '../kube/cluster.ts';
import { execInPod, inEachPod } from '../kube/in-pods.ts';
import { engineBinary } from '../longhorn/engine-binary.ts';
import { managerPods } from '../longhorn/manager.ts';
import type { Fault, FaultKind } from './fault.ts';

const schema = z.object({ path: z.string() });

/** The binary, as the scenario needs it. `sum` is its SHA-256 sum, which was the same on each node. */
export type RemovedBinary = { path: string; sum: string };

/** Runs a script in each manager pod, with the path of the binary as `$1`. Returns the outputs. */
const onEachNode = async (cluster: Cluster, path: string, script: string): Promise<string[]> =>
  inEachPod(await managerPods(cluster), (pod) =>
    execInPod(cluster, pod, ['sh', '-c', script, 'sh', path], `${path} on ${pod.node}: the command failed`),
  );

/** The SHA-256 sums of the binary on the nodes, each of them once. Throws if a node lacks it. */
export const binarySums = async (cluster: Cluster, path: string): Promise<string[]> => [
  ...new Set(await onEachNode(cluster, path, `sha256sum "$1" | cut -d ' ' -f 1`)),
];

// Beside the binary, under a name that the pods of the engine image do not remove.
const aside = `"$(dirname "$1")/.corral-aside"`;

const on = async (cluster: Cluster): Promise<Fault<RemovedBinary>> => {
  const path = await engineBinary(cluster);
  const [sum = '', ...others] = await binarySums(cluster, path);
  if (others.length > 0) throw new Error(`${path} is not the same on each node`);
  return {
    kind: engineBinaryRemoved,
    title: 'the binary of the default engine image is missing on each node',
    data: { path } satisfies z.infer<typeof schema>,
    inject: async () => void (await onEachNode(cluster, path, `mv "$1" ${aside}`)),
    prove: async () => {
      await onEachNode(cluster, path, `test ! -e "$1" && test -e ${aside}`);
      return `${path} is missing on each node`;
    },
    handle: { path, sum },
  };
};

/** The binary of the default engine image is missing on each node. Longhorn puts it back by itself. */
export const engineBinaryRemoved = {
  name: 'engineBinaryRemoved',
  ledgerName: 'removed-engine-binary',
  disruption: 'engine-binary',
  reach: 'everything',
  on,
  heal: async (cluster, data) => {
    const { path } = schema.parse(data);
    const script = `if test -e "$1"; then rm -f ${aside}; echo back; else mv ${aside} "$1"; echo moved; fi`;
    const moved = (await onEachNode(cluster, path, script)).filter((result) => result === 'moved');
    return moved.length === 0
      ? `Longhorn has put ${path} back on each node`
      : `${path} is moved back on ${moved.length} nodes`;
  },
  document: {
    about: 'The binary of the default engine image is missing on each node, in the lab alone.',
    inject: 'in each manager pod, the binary is moved to another name in its folder',
    prove: 'no manager pod has a file of its name',
    heal: 'where Longhorn has not put it back, it is moved back; otherwise the moved one is removed',
    bound: "Longhorn's probes end the pods of the engine image, which install the binary when they start",
    otherUsers:
      'meanwhile no backup target is listed, no backup is deleted, and no volume is attached; engines and replicas that run go on',
    'in scenarios': '`when.engineBinaryRemoved`',
  },
} as const satisfies FaultKind & { on: typeof on };
