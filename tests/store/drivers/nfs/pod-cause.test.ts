import { expect, test } from 'vitest';
import type { Pod } from '../../../../e2e/history/pod-states.ts';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import { causeOfPods } from '../../../../e2e/store/drivers/server.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';

const events = [
  {
    metadata: { name: 'a' },
    type: 'Normal',
    reason: 'Scheduled',
    message: 'fine',
    involvedObject: { kind: 'Pod', name: 'store-a' },
  },
  {
    metadata: { name: 'b' },
    type: 'Warning',
    reason: 'FailedCreate',
    message: 'forbidden',
    involvedObject: { kind: 'ReplicaSet', name: 'store' },
  },
];
const warning = 'FailedCreate, ReplicaSet store: forbidden';

const cluster = stubCluster({ objects: { events } });

const causeWith = (...pods: Pod[]) => {
  const timeline = replayTimeline<Pod>('pods');
  for (const object of pods) timeline.push({ kind: 'added', at: 1, object });
  return causeOfPods(cluster, { pods: timeline, namespace: 'stores', signal: new AbortController().signal });
};

const metadata = { name: 'store-a' };
const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' };

test('a pod whose container waits: for what, and the conditions and warnings besides', async () => {
  const conditions = [
    { type: 'PodScheduled', status: 'True' },
    {
      type: 'Ready',
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [nfs]',
    },
  ];
  const pod = {
    metadata,
    spec: { nodeName: 'node1' },
    status: { phase: 'Pending', conditions, containerStatuses: [{ state: { waiting } }] },
  };
  expect(await causeWith(pod)).toEqual({
    line: 'pod store-a: Pending, waiting: ImagePullBackOff Back-off pulling image "x"',
    details: [
      'on node1, Pending, waiting: ImagePullBackOff Back-off pulling image "x"',
      'Ready is False: ContainersNotReady: containers with unready status: [nfs]',
      warning,
    ],
  });
});

test('a pod that is on no node: why not', async () => {
  const conditions = [
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' },
  ];
  expect((await causeWith({ metadata, status: { phase: 'Pending', conditions } })).line).toBe(
    'pod store-a: it is not scheduled: 0/3 nodes are available',
  );
});

test('no pod at all: what its namespace warns of', async () =>
  expect(await causeWith()).toEqual({ line: `there is no pod: ${warning}`, details: [warning] }));
