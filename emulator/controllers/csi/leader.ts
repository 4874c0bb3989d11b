import type { Informer } from '../../kubernetes/informer.ts';
import type { ApiObject } from '../../kubernetes/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';

const readyNodes = ({ datastore }: ManagerContext): string[] =>
  datastore.nodes
    .list()
    .filter(({ status }) =>
      status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True'),
    )
    .map(({ metadata }) => metadata.name)
    .sort();

/**
 * Whether this manager is the first one that is ready, if possible not on the node `besides`. In Longhorn, the pods of each
 * CSI sidecar elect a leader.
 */
export const isLeader = (context: ManagerContext, besides?: string): boolean => {
  const ready = readyNodes(context);
  return (ready.find((each) => each !== besides) ?? ready[0]) === context.node;
};

/** Adds all objects again each time other nodes are ready: the leader of before may not have handled them. */
export const onLeadership = (
  context: ManagerContext,
  objects: Pick<Informer<ApiObject>, 'list'>,
  enqueue: (name: string) => void,
): void => {
  let before = readyNodes(context).join();
  context.datastore.nodes.onEvent(() => {
    const now = readyNodes(context).join();
    if (now !== before) for (const { metadata } of objects.list()) enqueue(metadata.name);
    before = now;
  });
};
