import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { whileObserved } from '../../e2e/history/observer.ts';
import { followLog } from '../../e2e/history/pod-log.ts';
import { fatalPodStates } from '../../e2e/history/pod-states.ts';
import { replayTimeline } from '../../e2e/history/replay.ts';
import type { Pod } from '../../e2e/kube/pods.ts';

const metadata = { name: 'store', uid: 'u' };
const pod = (container?: object): Pod =>
  container ? { metadata, status: { containerStatuses: [{ name: 'store', ...container }] } } : { metadata };
const waits = (reason: string, message?: string): Pod =>
  pod({ state: { waiting: { reason, ...(message && { message }) } } });
const ended = (exitCode: number) => ({ terminated: { exitCode, message: 'there is no server\n' } });

const lookedAt = (...states: Pod[]) => {
  const timeline = replayTimeline<Pod>('pods');
  const { because } = fatalPodStates(timeline);
  return states.map((object, index) => {
    timeline.push({ kind: 'modified', at: index, object });
    return because(object);
  });
};

test('a pod that comes has hope; what will never pass ends it at once', () => {
  const reasons = ['ErrImageNeverPull', 'InvalidImageName', 'CreateContainerConfigError'];
  const hopeful = [pod(), waits('ContainerCreating'), waits('CrashLoopBackOff')];
  expect(lookedAt(...hopeful, ...reasons.map((reason) => waits(reason, 'why')))).toEqual([
    ...hopeful.map(() => undefined),
    ...reasons.map((reason) => `pod store cannot run: ${reason}: why`),
  ]);
});

test('an image is pulled three times before it is said that it cannot be', () => {
  const [fails, backs] = [waits('ErrImagePull', 'no such host'), waits('ImagePullBackOff', 'Back-off')];
  const seen = lookedAt(fails, fails, backs, fails, backs, backs, fails, backs);
  expect(seen.slice(0, 6)).toEqual(Array(6).fill(undefined));
  const said = 'the image of pod store could not be pulled, 3 times:';
  expect(seen.slice(6)).toEqual([`${said} no such host`, `${said} Back-off`]);
});

test('a program that says by its exit code that it will never run is believed, also while it is started again', () => {
  const last = (exitCode: number) => pod({ state: { waiting: {} }, lastState: ended(exitCode) });
  const said = 'pod store cannot run: there is no server';
  expect(lookedAt(last(1), pod({ state: ended(78) }), last(78))).toEqual([undefined, said, said]);
});

const logPod = { namespace: 'longhorn-system', name: 'rj-1-x', container: 'rj' };
const { signal } = new AbortController();

test('a log is asked for until its container ends, and returned whole, without the times that stand before its lines', async () => {
  const requests: string[] = [];
  const lines = [
    '2026-11-20T12:00:00.123456789Z one\n',
    '2026-11-20T13:00:01.5+01:00 2026-11-20T12:00:00Z two\n',
  ];
  const request = async (path: string) => {
    requests.push(path);
    return new Response(Readable.toWeb(Readable.from(lines.map((line) => Buffer.from(line)))) as BodyInit);
  };
  const read: unknown[] = [];
  const reads = (...log: unknown[]) => void read.push(...log);
  const observer = { watches: () => {}, expects: () => () => {}, reads };
  const text = await whileObserved(observer, () =>
    followLog({ request, server: 'here' }, logPod, { signal }),
  );
  expect(read).toEqual([logPod, lines.join('')]);
  expect(text).toBe('one\n2026-11-20T12:00:00Z two\n');
  expect(requests).toEqual([
    '/api/v1/namespaces/longhorn-system/pods/rj-1-x/log?container=rj&follow=true&timestamps=true',
  ]);
});

test('one that is refused is an error that says whose it is', async () => {
  const refusal = '{"reason":"BadRequest","message":"container is waiting to start"}';
  const request = async () => new Response(refusal, { status: 400 });
  await expect(followLog({ request, server: 'here' }, logPod, { signal })).rejects.toThrow(
    'log of pod longhorn-system/rj-1-x at here: 400 BadRequest: container is waiting to start',
  );
});
