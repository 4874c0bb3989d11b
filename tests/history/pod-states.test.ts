import { expect, test } from 'vitest';
import { hopelessPods, type Pod } from '../../e2e/history/pod-states.ts';
import { replayTimeline } from '../../e2e/history/replay.ts';

const pod = (reason: string, message?: string): Pod => ({
  metadata: { name: 'store', uid: 'u' },
  status: {
    phase: 'Pending',
    containerStatuses: [{ state: { waiting: { reason, ...(message && { message }) } } }],
  },
});

const lookedAt = (...states: Pod[]) => {
  const timeline = replayTimeline<Pod>('pods');
  const { because } = hopelessPods(timeline);
  return states.map((object, index) => {
    timeline.push({ kind: 'modified', at: index, object });
    return because(object);
  });
};

test.each(['ErrImageNeverPull', 'InvalidImageName', 'CreateContainerConfigError'])(
  '%s ends it at once',
  (reason) =>
    expect(lookedAt(pod('ContainerCreating'), pod(reason, 'why'))).toEqual([
      undefined,
      `pod store cannot run: ${reason}: why`,
    ]),
);

test('an image is pulled three times before it is said that it cannot be', () => {
  const [failed, waits] = [
    pod('ErrImagePull', 'no such host'),
    pod('ImagePullBackOff', 'Back-off pulling image'),
  ];
  const told = lookedAt(failed, failed, waits, failed, waits, waits, failed, waits);
  expect(told.slice(0, 6)).toEqual(Array(6).fill(undefined));
  expect(told.slice(6)).toEqual([
    'the image of pod store could not be pulled, 3 times: no such host',
    'the image of pod store could not be pulled, 3 times: Back-off pulling image',
  ]);
});

test('a program that says by its exit code that it will never run is believed, also while it is started again', () => {
  const ended = (exitCode: number) => ({ terminated: { exitCode, message: 'there is no server\n' } });
  const last = (exitCode: number): Pod => ({
    metadata: { name: 'store', uid: 'u' },
    status: { containerStatuses: [{ state: { waiting: {} }, lastState: ended(exitCode) }] },
  });
  const now: Pod = {
    metadata: { name: 'store', uid: 'u' },
    status: { containerStatuses: [{ state: ended(78) }] },
  };
  const said = 'pod store cannot run: there is no server';
  expect(lookedAt(last(1), now, last(78))).toEqual([undefined, said, said]);
});

test('a pod that comes has hope', () =>
  expect(
    lookedAt({ metadata: { name: 'store', uid: 'u' } }, pod('ContainerCreating'), pod('CrashLoopBackOff')),
  ).toEqual([undefined, undefined, undefined]));
