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
