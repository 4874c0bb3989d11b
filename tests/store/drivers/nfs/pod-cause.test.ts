import { expect, test } from 'vitest';
import type { Pod } from '../../../../e2e/history/pod-states.ts';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import { causeOfPods } from '../../../../e2e/store/drivers/server.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';

const event = (type: string, reason: string, message: string, kind: string, name: string) => ({
  metadata: { name: reason.toLowerCase() },
  type,
  reason,
  message,
  involvedObject: { kind, name },
});
const events = [
  event('Normal', 'Scheduled', 'fine', 'Pod', 'store-a'),
  event('Warning', 'FailedCreate', 'forbidden', 'ReplicaSet', 'store'),
];
const warning = 'FailedCreate, ReplicaSet store: forbidden';

const causeWith = (...pods: Pod[]) => {
  const timeline = replayTimeline<Pod>('pods');
  for (const object of pods) timeline.push({ kind: 'added', at: 1, object });
  const { signal } = new AbortController();
  return causeOfPods(stubCluster({ objects: { events } }), { pods: timeline, namespace: 'stores', signal });
};
const pod = (conditions: object[], status: object = {}, spec: object = {}) =>
  ({ metadata: { name: 'store-a' }, spec, status: { phase: 'Pending', conditions, ...status } }) as Pod;

test('a pod whose container waits: for what, and the conditions and warnings besides', async () => {
  const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' };
  const unready = { reason: 'ContainersNotReady', message: 'containers with unready status: [nfs]' };
  const conditions = [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status: 'False', ...unready },
  ];
  const status = { containerStatuses: [{ state: { waiting } }] };
  expect(await causeWith(pod(conditions, status, { nodeName: 'node1' }))).toEqual({
    line: 'pod store-a: Pending, waiting: ImagePullBackOff Back-off pulling image "x"',
    details: [
      'on node1, Pending, waiting: ImagePullBackOff Back-off pulling image "x"',
      'Ready is False: ContainersNotReady: containers with unready status: [nfs]',
      warning,
    ],
  });
});
