import { expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { Pod } from '../../../../e2e/kube/pods.ts';
import { causeOfPods } from '../../../../e2e/store/drivers/server.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';

test('a pod whose container waits: for what, and the conditions and warnings besides', async () => {
  const event = (type: string, reason: string, message: string, involvedObject: object) => ({
    ...{ metadata: { name: reason.toLowerCase() }, type, reason, message, involvedObject },
  });
  const events = [
    event('Normal', 'Scheduled', 'fine', { kind: 'Pod', name: 'store-a' }),
    event('Warning', 'FailedCreate', 'forbidden', { kind: 'ReplicaSet', name: 'store' }),
  ];
  const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' };
  const unready = { reason: 'ContainersNotReady', message: 'containers with unready status: [nfs]' };
  const conditions = [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status: 'False', ...unready },
  ];
  const status = { phase: 'Pending', conditions, containerStatuses: [{ state: { waiting } }] };
  const pods = replayTimeline<Pod>('pods');
  const object = { metadata: { name: 'store-a' }, spec: { nodeName: 'node1' }, status } as Pod;
  pods.push({ kind: 'added', at: 1, object });
  const { signal } = new AbortController();
  const cluster = stubCluster({ objects: { events } });
  expect(await causeOfPods(cluster, { pods, namespace: 'stores', signal })).toEqual({
    line: 'pod store-a: Pending, waiting: ImagePullBackOff Back-off pulling image "x"',
    details: [
      'on node1, Pending, waiting: ImagePullBackOff Back-off pulling image "x"',
      'Ready is False: ContainersNotReady: containers with unready status: [nfs]',
      'FailedCreate, ReplicaSet store: forbidden',
    ],
  });
});
