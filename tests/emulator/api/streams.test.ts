import { once } from 'node:events';
import { beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest';
import { createChanges, followChanges } from '../../../emulator/api/streams.ts';
import { backup, startTestApi, type TestApi } from '../support/test-api.ts';

const soon = { timeout: 60_000 };

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});

type Message = { type: string; links: { self: string }; data: { id: string; state: string }[] };

/** Counts how often a kind of object is listed from now on. */
const countLists = (kind: 'backups' | 'backupTargets') =>
  vi.spyOn(api.datastore[kind], 'list' as never) as unknown as MockInstance;

/** A browser's WebSocket with its messages as they come. */
const open = async (path: string) => {
  const socket = new WebSocket(`ws://${api.host}${path}`);
  const messages: Message[] = [];
  socket.addEventListener('message', ({ data }) => messages.push(JSON.parse(data)));
  await once(socket, 'message');
  return { socket, messages, next: () => once(socket, 'message') };
};

describe('a WebSocket', () => {
  test('is sent the collection at once and on each change, with nothing twice', async () => {
    api.put('backups', backup('b1', { of: 'v', state: 'InProgress' }));
    const { messages, next } = await open('/v1/ws/5ms/backups');
    const self = `http://${api.host}/v1/ws/5ms/backups`;
    expect(messages[0]).toMatchObject({ type: 'collection', resourceType: 'backup', links: { self } });
    const lists = countLists('backups');
    api.put('backups', backup('b1', { of: 'v', state: 'InProgress' }));
    await vi.waitFor(() => expect(lists).toHaveBeenCalled(), soon);
    const second = next();
    api.put('backups', backup('b1', { of: 'v', state: 'Completed' }));
    await second;
    const third = next();
    await api.datastore.backups.delete('b1');
    await third;
    const states = messages.map(({ data }) => data.map(({ state }) => state).join());
    expect(states).toEqual(['InProgress', 'Completed', '']);
  });

  test('that has ended is followed no more, and all end with the manager', async () => {
    const { calls } = countLists('backupTargets').mock;
    const { socket } = await open('/v1/ws/backuptargets');
    expect(calls).toHaveLength(1);
    socket.close();
    expect((await once(socket, 'close'))[0].wasClean).toBe(true);
    // The server may hear of the end a moment later.
    await vi.waitFor(() => {
      const before = calls.length;
      api.put('backupTargets', { metadata: { name: 't' }, spec: { pollInterval: String(before) } });
      expect(calls).toHaveLength(before);
    }, soon);
    const last = await open('/v1/ws/1s/backupvolumes');
    api.stop();
    await once(last.socket, 'close');
  });
});

test('each change goes to one of those who wait, the first; two are kept, and none for who has gone', () => {
  const changes = createChanges();
  const received: string[] = [];
  const follow = (name: string) => followChanges(changes, 0, () => void received.push(name));
  for (let time = 0; time < 3; time += 1) changes.notify();
  const end = follow('a');
  expect(received).toEqual(['a', 'a']);
  follow('b');
  changes.notify();
  changes.notify();
  expect(received.splice(0)).toEqual(['a', 'a', 'a', 'b']);
  end();
  changes.notify();
  changes.notify();
  expect(received).toEqual(['b', 'b']);
});

test('a change is looked after at once where a period has passed, and those within one together at its end', () => {
  vi.useFakeTimers();
  const began = Date.now();
  const times: number[] = [];
  const changes = createChanges();
  const end = followChanges(changes, 1_000, () => void times.push(Date.now() - began));
  for (const at of [500, 2_500, 2_600, 2_700, 2_800]) {
    vi.advanceTimersByTime(began + at - Date.now());
    changes.notify();
  }
  vi.advanceTimersByTime(3_000);
  end();
  changes.notify();
  vi.advanceTimersByTime(3_000);
  expect(times).toEqual([1_000, 2_500, 3_000, 4_000]);
});
