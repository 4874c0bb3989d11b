import type { Informer } from '../../kubernetes/informer.ts';
import type { ApiObject } from '../../kubernetes/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';

/** Whether this manager is the first one that is ready. In Longhorn, the pods of each CSI sidecar elect a leader. */
export const isLeader = ({ datastore, node }: ManagerContext): boolean => {
  const isReady = datastore.nodes
    .list()
    .filter(({ status }) =>
      status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True'),
    )
    .map(({ metadata }) => metadata.name);
  return isReady.sort()[0] === node;
};

/** Adds all objects again each time this manager becomes that one: the one before may not have handled them. */
export const onLeadership = (
  context: ManagerContext,
  objects: Pick<Informer<ApiObject>, 'list'>,
  enqueue: (name: string) => void,
): void => {
  let was = isLeader(context);
  context.datastore.nodes.onEvent(() => {
    const is = isLeader(context);
    if (is && !was) for (const { metadata } of objects.list()) enqueue(metadata.name);
    was = is;
  });
};
