import { describe, expect, test, vi } from 'vitest';
import { ExpectationError, gone, waitUntil, waitUntilGone } from '../../e2e/history/expectation.ts';
import { hall, is, type Lamp, lamp, pushEvent, timelineOf } from './lamps.ts';

const owner = 'a test; it ends in ms';
const timedOut = 'timed out after 5 ms (a test; it ends in ms)';
const forbidden = new Error('403 Forbidden');
const cannot = { state: 'not-provable', reason: 'the watch of lamps cannot go on: 403 Forbidden' };
const [off, on] = [is('off'), is('on')];

const failure = async (promise: Promise<unknown>): Promise<ExpectationError> => {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ExpectationError);
  return error as ExpectationError;
};
const verdictOf = async (promise: Promise<unknown>) => (await failure(promise)).verdict;

describe('a history', () => {
  const switched = (timeline: ReturnType<typeof timelineOf>) => hall(timeline).goes(off, on);

  test('is met by what has been and what comes, and decided once, whatever else comes in the same moment', async () => {
    const timeline = timelineOf('hall:off', 'attic:hot');
    const never = switched(timeline).withoutEver(is('blue'));
    const wait = never.while({ name: 'attic', is: is('hot') }).within('1h', owner);
    for (const event of ['hall:on', 'hall:blue', 'hall:gone']) pushEvent(timeline, event);
    const { state, at, details, last } = await wait;
    expect([state, at, (last as Lamp).status.state]).toEqual(['met', 3000, 'on']);
    expect(details).toContain('✓ never blue');
    expect(details).not.toContain('gone');
  });

  test('times out with its owner, and how far it got', async () => {
    expect(await verdictOf(switched(timelineOf('hall:off')).within('5ms', owner))).toMatchObject({
      state: 'timed-out',
      reason: `${timedOut}: on was not reached; the hall lamp is still off`,
      steps: [{ label: 'off', reached: { at: 1000, resourceVersion: '1' } }, { label: 'on' }],
    });
  });

  test('is not provable once the watch has failed, unless it is met by what was seen before', async () => {
    const timeline = timelineOf('hall:off');
    const wait = switched(timeline).within('1h', owner);
    timeline.fail(forbidden);
    expect(await verdictOf(wait)).toMatchObject(cannot);
    expect(await verdictOf(switched(timeline).within('1h', owner))).toMatchObject(cannot);
    expect((await hall(timeline).goes(off).within('1h', owner)).state).toBe('met');
  });

  test('is not provable when its time is over while the watch has no connection', async () => {
    const timeline = timelineOf('hall:off');
    timeline.connected(false);
    const { state, reason } = await verdictOf(switched(timeline).within('5ms', owner));
    expect(state).toBe('not-provable');
    expect(reason).toMatch(
      /\), and the watch of lamps has had no connection since \d.*Z: on was not reached; the hall lamp is still off$/,
    );
    timeline.connected(true);
    expect((await verdictOf(switched(timeline).within('5ms', owner))).state).toBe('timed-out');
  });

  test('passes on the error of a step that cannot judge, and leaves the watch alone', async () => {
    const timeline = timelineOf();
    const bad = { label: 'bad', matches: () => JSON.parse('{') };
    const wait = hall(timeline).goes(bad).within('1h', owner);
    pushEvent(timeline, 'hall:off');
    await expect(wait).rejects.toThrow(SyntaxError);
    pushEvent(timeline, 'hall:on');
    expect(timeline.current('hall')?.status.state).toBe('on');
  });

  test('can be extended without changing what it came from; without a step, or with one after the end, it is a mistake', async () => {
    const first = hall(timelineOf()).goes(off);
    const second = first.goes(on).allowing(is('dim')).from(7);
    expect(first.specification).toMatchObject({ steps: [off], allowed: [], startSequence: 0 });
    expect(second.specification).toMatchObject({ steps: [off, on], startSequence: 7 });
    for (const steps of [[], [gone, on]]) {
      const odd = hall(timelineOf()).goes(...steps);
      await expect(odd.within('1h', owner)).rejects.toThrow(TypeError);
    }
  });
});

const isOn = ({ status }: Lamp) => status.state === 'on';
const wait = { within: '1h', owner, label: 'a lamp is on' } as const;
const briefly = { ...wait, within: '5ms' } as const;

describe('waitUntil', () => {
  test('returns what is so now, or becomes so', async () => {
    const timeline = timelineOf('hall:off', 'attic:on');
    expect((await waitUntil(timeline, isOn, wait)).metadata.name).toBe('attic');
    const found = waitUntil(timeline, isOn, { ...wait, name: 'hall' });
    for (const event of ['attic:off', 'attic:on', 'hall~on']) pushEvent(timeline, event);
    expect((await found).metadata.name).toBe('hall');
  });

  test('times out with what it saw, and does not take the last state of something that goes for what is', async () => {
    const timeline = timelineOf('hall:off');
    const found = waitUntil(timeline, () => true, { ...briefly, name: 'attic' });
    pushEvent(timeline, 'attic:gone');
    expect((await verdictOf(found)).state).toBe('timed-out');
    const { message } = await failure(waitUntil(timeline, isOn, briefly));
    expect(message).toContain(`${timedOut}: not seen that a lamp is on`);
    expect(message).toContain('{"state":"off"}');
  });

  test('cannot say what was so inside a gap, or while the watch has no connection', async () => {
    const timeline = timelineOf('hall:off');
    const found = waitUntil(timeline, isOn, briefly);
    pushEvent(timeline, 'gap');
    const later = waitUntil(timeline, isOn, briefly);
    pushEvent(timeline, 'hall=off');
    for (const each of [found, later]) expect((await verdictOf(each)).state).toBe('not-provable');
    const other = timelineOf('hall:off');
    other.connected(false);
    const reason = expect.stringContaining('has had no connection since');
    const verdict = await verdictOf(waitUntil(other, isOn, briefly));
    expect(verdict).toMatchObject({ state: 'not-provable', reason });
  });
});

describe('waitUntil, of what can no longer happen', () => {
  const unless = (timeline: ReturnType<typeof timelineOf>, name: string) => ({
    timeline,
    name,
    because: ({ status }: Lamp) => (status.state === 'burnt' ? `the ${name} is burnt` : undefined),
    describe: ({ status }: Lamp) => status.state,
  });

  test('ends at once when hope is lost, by an object of another timeline, with the reason and its history', async () => {
    const [lamps, fuses] = [timelineOf('hall:off'), timelineOf('fuse:whole', 'spare:burnt')];
    const fatal = [unless(fuses, 'fuse')];
    const found = waitUntil(lamps, isOn, { ...wait, fatal });
    pushEvent(fuses, 'fuse:burnt');
    const verdict = await verdictOf(found);
    const reason = 'the fuse is burnt: it can no longer happen that a lamp is on';
    expect(verdict).toMatchObject({ state: 'broken', at: 3000, reason });
    expect(verdict.details).toContain('History of what it depends on (fuse) in lamps');
    expect(verdict.last?.metadata.name).toBe('hall');
    const already = waitUntil(timelineOf('hall:off'), isOn, { ...wait, fatal });
    expect((await verdictOf(already)).state).toBe('broken');
  });

  test('goes on while there is some: after what was overcome, what is gone, and a gap; what is met is met', async () => {
    const [lamps, fuses] = [
      timelineOf('hall:off'),
      timelineOf('fuse:burnt', 'fuse:whole', 'old:burnt', 'old:gone'),
    ];
    const fatal = [unless(fuses, 'fuse'), unless(fuses, 'old'), unless(lamps, 'hall')];
    const found = waitUntil(lamps, isOn, { ...wait, fatal });
    for (const event of ['gap', 'fuse:dim']) pushEvent(fuses, event);
    fuses.push({ kind: 'deleted', at: 9000, object: lamp('fuse', 'burnt', 9) });
    pushEvent(lamps, 'hall:on');
    expect((await found).metadata.name).toBe('hall');
    const never = { ...unless(lamps, 'hall'), because: () => 'never' };
    expect((await waitUntil(lamps, isOn, { ...wait, fatal: [never] })).metadata.name).toBe('hall');
  });
});

test('an end is met when it is not there, now or later; it times out, and does not believe a watch that has failed', async () => {
  const end = { ...wait, name: 'hall', label: 'the hall lamp is gone' };
  const timeline = timelineOf('hall:off', 'attic:on');
  const ended = waitUntilGone(timeline, end);
  for (const event of ['attic:gone', 'hall:gone']) pushEvent(timeline, event);
  await ended;
  await waitUntilGone(timeline, end);
  const other = timelineOf('hall:off', 'attic:on');
  const late = verdictOf(waitUntilGone(other, { ...end, within: '5ms' }));
  for (const event of ['attic:gone', 'hall:on']) pushEvent(other, event);
  expect((await late).reason).toBe(`${timedOut}: not seen that the hall lamp is gone`);
  timeline.fail(forbidden);
  expect((await verdictOf(waitUntilGone(timeline, end))).state).toBe('not-provable');
});

describe('a time that begins anew with each change', () => {
  const minute = 60_000;
  const limit = { within: '1m', atMost: '4m', owner } as const;
  const describeLamp = ({ status }: Lamp) => status.state;
  /** Pushes events a while after each other, and returns how what was waited for ended. */
  const endAfter = async (
    wait: Promise<unknown>,
    timeline: ReturnType<typeof timelineOf>,
    [pause, ...events]: [number, ...string[]],
  ) => {
    const ended = verdictOf(wait);
    for (const event of events) {
      await vi.advanceTimersByTimeAsync(pause);
      pushEvent(timeline, event);
    }
    await vi.advanceTimersByTimeAsync(5 * minute);
    return ended;
  };
  const rest = { state: 'red', name: 'hall' };

  test('ends when nothing has changed for so long, and says what changed last, and when', async () => {
    vi.useFakeTimers();
    const [one, other] = [timelineOf('hall:off'), timelineOf('hall:off')];
    const wait = hall(one).goes(is('on')).within('1m', owner, '4m');
    const late = await endAfter(wait, one, [50_000, 'hall:dim', 'hall:red']);
    const reason = `timed out after 2 min 40 s, the last 1 min without a change (${owner}); the last change came after 1 min 40 s: hall, red`;
    const over = { time: minute, atMost: 4 * minute, owner, waited: 160_000 };
    const lastChange = { ...rest, after: 100_000 };
    expect(late).toMatchObject({ state: 'timed-out', over: { ...over, lastChange } });
    expect(late.reason).toBe(`${reason}: on was not reached; the hall lamp is still red`);
    const found = waitUntil(other, isOn, {
      ...limit,
      label: 'it is on',
      name: 'hall',
      describe: describeLamp,
    });
    const same = await endAfter(found, other, [50_000, 'hall:dim', 'hall:red']);
    expect(same).toMatchObject({ reason: `${reason}: not seen that it is on`, over: { lastChange } });
  });

  test('is bounded, whatever goes on changing', async () => {
    vi.useFakeTimers();
    const timeline = timelineOf('hall:off');
    const wait = hall(timeline).goes(is('on')).within('1m', owner, '4m');
    const flicker = Array.from({ length: 10 }, (_, index) => `hall:${index % 2 ? 'dim' : 'red'}`);
    expect((await endAfter(wait, timeline, [30_000, ...flicker])).reason).toBe(
      `timed out after 4 min, the maximum, while something still changed (${owner}); the last change came after 3 min 30 s: hall, red: on was not reached; the hall lamp is still red`,
    );
  });

  test('is not prolonged by what changes nothing that is said of it, by other objects, or without a bound', async () => {
    vi.useFakeTimers();
    const timeline = timelineOf('hall:off', 'attic:off');
    const named = { ...limit, label: 'it is on', name: 'hall', describe: describeLamp };
    const beats = ['hall:off', 'attic:red', 'hall:off'];
    const found = waitUntil(timeline, isOn, named);
    const still = { over: { time: minute, owner, waited: minute } };
    expect(await endAfter(found, timeline, [30_000, ...beats])).toMatchObject(still);
    const fixed = hall(timeline).goes(is('on')).within('1m', owner);
    expect((await endAfter(fixed, timeline, [30_000, 'hall:dim', 'hall:red'])).over).toMatchObject({
      waited: minute,
    });
  });

  test('is not prolonged by a time in a status, where nobody says how that is written, but by all else', async () => {
    vi.useFakeTimers();
    const timeline = timelineOf('hall:off');
    const setStatus = (status: object, rest = 30_000) => {
      timeline.push({ kind: 'modified', at: 0, object: { ...lamp('hall', 'off', 9), status } as Lamp });
      return vi.advanceTimersByTimeAsync(rest);
    };
    const late = verdictOf(waitUntil(timeline, isOn, { ...limit, label: 'it is on', name: 'hall' }));
    await setStatus({ state: 'off', lastSyncedAt: '2026-11-26T02:00:00Z' });
    await setStatus({ state: 'off', lastSyncedAt: '2026-11-26T02:00:30.5Z' });
    expect((await late).over).toMatchObject({ waited: minute });
    const prolonged = verdictOf(waitUntil(timeline, isOn, { ...limit, label: 'it is on', name: 'hall' }));
    await vi.advanceTimersByTimeAsync(30_000);
    await setStatus({ state: 'red' }, 2 * minute);
    expect((await prolonged).over).toMatchObject({ waited: 1.5 * minute });
  });

  test('is prolonged by the other object of what must never be', async () => {
    vi.useFakeTimers();
    const [lamps, fuses] = [timelineOf('hall:off'), timelineOf('fuse:cold')];
    const never = hall(lamps).goes(is('on')).withoutEver(is('blue'));
    const wait = never.while({ timeline: fuses, name: 'fuse', is: is('hot') }).within('1m', owner, '4m');
    expect((await endAfter(wait, fuses, [50_000, 'fuse:hot'])).over?.lastChange).toMatchObject({
      name: 'fuse',
      state: 'hot',
    });
  });

  test.each([
    [['cold', 'cold'], 2, undefined],
    [['cold', 'warm', 'warm'], 3, { name: 'the fuse', state: 'warm', after: 2 * minute }],
    [['cold', 'warm', 'hot', 'never'], 4, { name: 'the fuse', state: 'hot', after: 3 * minute }],
    [[], 1, undefined],
  ])(
    'is prolonged by what is looked at when it is over, %j, where that is new, and by nothing that cannot be seen',
    async (states, minutes, lastChange) => {
      vi.useFakeTimers();
      const left = states.values();
      const probe = { name: 'the fuse', state: async () => left.next().value };
      const timeline = timelineOf('hall:off');
      const found = waitUntil(timeline, isOn, { ...limit, label: 'it is on', name: 'hall', probe });
      const { over } = await endAfter(found, timeline, [0]);
      expect([over?.waited, over?.lastChange]).toEqual([minutes * minute, lastChange]);
    },
  );

  test('ends with what comes while something is looked at, and where that cannot be', async () => {
    vi.useFakeTimers();
    const timeline = timelineOf('hall:off');
    const { promise, resolve } = Promise.withResolvers<string>();
    const probe = { name: 'the fuse', state: () => promise };
    const found = waitUntil(timeline, isOn, { ...limit, label: 'it is on', name: 'hall', probe });
    await vi.advanceTimersByTimeAsync(minute);
    pushEvent(timeline, 'hall:on');
    resolve('cold');
    expect((await found).metadata.name).toBe('hall');
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
    const other = { name: 'the fuse', state: () => Promise.reject(forbidden) };
    const late = waitUntil(timeline, () => false, {
      ...limit,
      label: 'it is blue',
      name: 'hall',
      probe: other,
    });
    expect((await endAfter(late, timeline, [0])).over).toMatchObject({ waited: minute });
  });
});
