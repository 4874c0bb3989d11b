import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { connect, resources } from '../../e2e/kube/cluster.ts';
import { isConditionTrue, type WithConditions } from '../../e2e/kube/objects.ts';
import { cacheRoot } from '../cache/folders.ts';
import { askLab } from '../control/ask.ts';
import { labState } from '../run/state.ts';

type Node = WithConditions & { status?: { nodeInfo?: { kubeletVersion: string; kernelVersion: string } } };

const describeNode = (node: Node): string => {
  const { metadata, status } = node;
  return `  ${metadata.name}  ${isConditionTrue(node, 'Ready') ? 'Ready' : 'NotReady'}  ${status?.nodeInfo?.kubeletVersion}  Linux ${status?.nodeInfo?.kernelVersion}`;
};

const nodesOf = async (kubeconfig: string): Promise<string[]> => {
  try {
    const { items } = await connect({ kubeconfig }).list<Node>(resources.nodes);
    return items.map(describeNode);
  } catch (error) {
    return [`  its API server does not answer: ${(error as Error).message}`];
  }
};

const faultsSchema = z.array(z.object({ text: z.string() }));

const faultsOf = async (name: string): Promise<string[]> => {
  try {
    return faultsSchema
      .parse(await askLab(name, { action: 'faults' }))
      .map(({ text }) => `  in force: ${text}`);
  } catch (error) {
    return [`  the faults in force are not known: ${(error as Error).message}`];
  }
};

const describeLab = async (name: string): Promise<string[]> => {
  const state = await labState(name);
  if (state === undefined) return [`${name}: not up, but it left files: npx corral lab down --name ${name}`];
  const [nodes, faults] = await Promise.all([nodesOf(state.kubeconfig), faultsOf(name)]);
  return [`${name}: up since ${state.started}`, `  kubeconfig: ${state.kubeconfig}`, ...nodes, ...faults];
};

/** Describes each lab of this user, as lines. */
export const describeLabs = async (): Promise<string[]> => {
  const names = await readdir(join(cacheRoot(), 'labs')).catch(() => []);
  if (names.length === 0) return ['no lab is up; npx corral lab up starts one'];
  return (await Promise.all(names.sort().map(describeLab))).flat();
};
