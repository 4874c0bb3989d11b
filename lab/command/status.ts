import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type KubernetesObject, resources } from '../../e2e/observe/cluster.ts';
import { cacheRoot } from '../cache-folders.ts';
import { labState } from '../run/state.ts';

type Node = KubernetesObject & {
  status?: { conditions?: { type: string; status: string }[]; nodeInfo?: { kubeletVersion: string; kernelVersion: string } };
};

const describeNode = ({ metadata, status }: Node): string => {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  return `  ${metadata.name}  ${ready ? 'Ready' : 'NotReady'}  ${status?.nodeInfo?.kubeletVersion}  Linux ${status?.nodeInfo?.kernelVersion}`;
};

const describeLab = async (name: string): Promise<string[]> => {
  const state = await labState(name);
  if (state === undefined) return [`${name}: not up, but it left files: npm run lab -- down --name ${name}`];
  const head = [`${name}: up since ${state.started}`, `  kubeconfig: ${state.kubeconfig}`];
  try {
    const { items } = await connect({ kubeconfig: state.kubeconfig }).list<Node>(resources.nodes);
    return [...head, ...items.map(describeNode)];
  } catch (error) {
    return [...head, `  its API server does not answer: ${(error as Error).message}`];
  }
};

/** What is to be said of each lab of this user, as lines. */
export const status = async (): Promise<string[]> => {
  const names = await readdir(join(cacheRoot(), 'labs')).catch(() => []);
  if (names.length === 0) return ['no lab is up; npm run lab -- up starts one'];
  return (await Promise.all(names.sort().map(describeLab))).flat();
};
