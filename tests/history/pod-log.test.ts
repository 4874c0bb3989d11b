import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { whileObserved } from '../../e2e/history/observer.ts';
import { followLog } from '../../e2e/history/pod-log.ts';

const pod = { namespace: 'longhorn-system', name: 'rj-1-x', container: 'rj' };
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
  const text = await whileObserved(observer, () => followLog({ request, server: 'here' }, pod, { signal }));
  expect(read).toEqual([pod, lines.join('')]);
  expect(text).toBe('one\n2026-11-20T12:00:00Z two\n');
  expect(requests).toEqual([
    '/api/v1/namespaces/longhorn-system/pods/rj-1-x/log?container=rj&follow=true&timestamps=true',
  ]);
});

test('one that is refused is an error that says whose it is', async () => {
  const refusal = '{"reason":"BadRequest","message":"container is waiting to start"}';
  const request = async () => new Response(refusal, { status: 400 });
  await expect(followLog({ request, server: 'here' }, pod, { signal })).rejects.toThrow(
    'log of pod longhorn-system/rj-1-x at here: 400 BadRequest: container is waiting to start',
  );
});
