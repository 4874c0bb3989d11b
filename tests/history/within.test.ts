import { describe, expect, test } from 'vitest';
import { ExpectationError, gone, once, onceGone } from '../../e2e/history/expectation.ts';
import { hall, is, type Lamp, lamp, play, played } from './lamps.ts';

const owner = 'a test; it ends in ms';
const forbidden = new Error('403 Forbidden');
const cannot = { state: 'not-provable', reason: 'the watch of lamps cannot go on: 403 Forbidden' };
const off = is('off');
const on = is('on');

const failure = async (promise: Promise<unknown>): Promise<ExpectationError> => {
  const error = await promise.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(ExpectationError);
  return error;
};

const verdictOf = async (promise: Promise<unknown>) => {
  const { verdict } = await failure(promise);
  return verdict;
};

describe('a history', () => {
  test('is met by what has been and what comes', async () => {
    const timeline = played('hall:off');
    const wait = hall(timeline).goes(off, on, gone).within('1h', owner);
    play(timeline, 'hall:on');
    play(timeline, 'hall:gone');
    expect(await wait).toMatchObject({ state: 'met', at: 3000, last: { status: { state: 'on' } } });
  });

  test('is decided once, whatever else comes in the same moment', async () => {
    const timeline = played('hall:off', 'attic:hot');
    const wait = hall(timeline)
      .goes(off, on)
      .withoutEver(is('blue'))
      .while({ name: 'attic', is: is('hot') })
      .within('1h', owner);
    for (const event of ['hall:on', 'hall:blue', 'hall:gone']) play(timeline, event);
    const { state, at, text } = await wait;
    expect([state, at]).toEqual(['met', 3000]);
    expect(text).toContain('✓ never blue');
    expect(text).not.toContain('gone');
  });

  test('is broken as soon as it is decided, long before its time', async () => {
    const timeline = played('hall:off');
    const wait = hall(timeline).goes(off, on).within('1h', owner);
    play(timeline, 'hall:blue');
    const { verdict, message } = await failure(wait);
    expect(verdict).toMatchObject({ state: 'broken', text: message });
  });

  test('times out with its owner, and how far it got', async () => {
    const verdict = await verdictOf(hall(played('hall:off')).goes(off, on).within('5ms', owner));
    expect(verdict).toMatchObject({
      state: 'timed-out',
      reason: 'timed out after 5 ms (a test; it ends in ms): on was not reached; the hall lamp is still off',
      steps: [{ label: 'off', reached: { at: 1000, resourceVersion: '1' } }, { label: 'on' }],
    });
  });

  test('is not provable once the watch has failed, unless it is met by what was seen before', async () => {
    const timeline = played('hall:off');
    const wait = hall(timeline).goes(off, on).within('1h', owner);
    timeline.fail(forbidden);
    expect(await verdictOf(wait)).toMatchObject(cannot);
    expect(await verdictOf(hall(timeline).goes(off, on).within('1h', owner))).toMatchObject(cannot);
    expect((await hall(timeline).goes(off).within('1h', owner)).state).toBe('met');
  });

  test('is not provable when its time is over while the watch has no connection', async () => {
    const timeline = played('hall:off');
    timeline.connected(false);
    const verdict = await verdictOf(hall(timeline).goes(off, on).within('5ms', owner));
    expect(verdict).toMatchObject({
      state: 'not-provable',
      reason: expect.stringMatching(
        /^timed out after 5 ms \(a test; it ends in ms\), and the watch of lamps has had no connection since \d.*Z: on was not reached; the hall lamp is still off$/,
      ),
    });
    timeline.connected(true);
    expect((await verdictOf(hall(timeline).goes(off, on).within('5ms', owner))).state).toBe('timed-out');
  });

  test('passes on the error of a step that cannot judge, and leaves the watch alone', async () => {
    const timeline = played();
    const wait = hall(timeline)
      .goes({ label: 'bad', matches: () => JSON.parse('{') })
      .within('1h', owner);
    play(timeline, 'hall:off');
    await expect(wait).rejects.toThrow(SyntaxError);
    play(timeline, 'hall:on');
    expect(timeline.current('hall')?.status.state).toBe('on');
  });

  test('is an expectation that can be told further, without changing the one it came from', () => {
    const first = hall(played()).goes(off);
    const second = first.goes(on).allowing(is('dim')).from(7);
    expect(first.specification).toMatchObject({ steps: [off], allowed: [], mark: 0 });
    expect(second.specification).toMatchObject({ steps: [off, on], mark: 7 });
  });

  test.each([
    ['no step', []],
    ['gone before the end', [gone, on]],
  ])('with %s is a mistake of its author', async (_, steps) => {
    await expect(
      hall(played())
        .goes(...steps)
        .within('1h', owner),
    ).rejects.toThrow(TypeError);
  });
});

const isOn = ({ status }: Lamp) => status.state === 'on';
const wait = { within: '1h', owner, label: 'a lamp is on' } as const;

describe('once', () => {
  test('returns what is so now', async () => {
    expect((await once(played('hall:off', 'attic:on'), isOn, wait)).metadata.name).toBe('attic');
  });

  test('returns what becomes so', async () => {
    const timeline = played('hall:off', 'attic:on');
    const found = once(timeline, isOn, { ...wait, name: 'hall' });
    play(timeline, 'attic:off');
    play(timeline, 'attic:on');
    play(timeline, 'hall:on');
    expect((await found).metadata.name).toBe('hall');
  });

  test('does not take the last state of something that goes for what is', async () => {
    const timeline = played('hall:off');
    const found = once(timeline, () => true, { ...wait, within: '5ms', name: 'attic' });
    play(timeline, 'attic:gone');
    expect((await verdictOf(found)).state).toBe('timed-out');
  });

  test('times out with what it saw', async () => {
    const { message } = await failure(once(played('hall:off'), isOn, { ...wait, within: '5ms' }));
    expect(message).toContain('timed out after 5 ms (a test; it ends in ms): not seen that a lamp is on');
    expect(message).toContain('{"state":"off"}');
  });

  test('cannot tell what was so inside a gap, or while the watch has no connection', async () => {
    const timeline = played('hall:off');
    const found = once(timeline, isOn, { ...wait, within: '5ms' });
    play(timeline, 'gap');
    const later = once(timeline, isOn, { ...wait, within: '5ms' });
    play(timeline, 'hall=off');
    for (const each of [found, later]) expect((await verdictOf(each)).state).toBe('not-provable');
    const other = played('hall:off');
    other.connected(false);
    const verdict = await verdictOf(once(other, isOn, { ...wait, within: '5ms' }));
    const reason = expect.stringContaining('has had no connection since');
    expect(verdict).toMatchObject({ state: 'not-provable', reason });
  });
});

describe('once, of what no waiting leads to', () => {
  const describeLamp = ({ status }: Lamp) => status.state;
  const unlessBurnt = (timeline: ReturnType<typeof played>, name = 'fuse') => ({
    timeline,
    name,
    because: ({ status, metadata }: Lamp) =>
      status.state === 'burnt' ? `the ${metadata.name} is burnt` : undefined,
    describe: describeLamp,
  });

  test('ends at once when hope is lost, by an object of another timeline, with the reason and its history', async () => {
    const [lamps, fuses] = [played('hall:off'), played('fuse:whole', 'spare:burnt')];
    const found = once(lamps, isOn, { ...wait, hopeless: [unlessBurnt(fuses)] });
    play(fuses, 'fuse:burnt');
    const verdict = await verdictOf(found);
    expect(verdict).toMatchObject({
      state: 'broken',
      at: 3000,
      reason: 'the fuse is burnt: no waiting leads to it that a lamp is on',
    });
    expect(verdict.text).toContain('History of what it depends on (fuse) in lamps');
    expect(verdict.last?.metadata.name).toBe('hall');
    const already = once(played('hall:off'), isOn, {
      ...wait,
      hopeless: [unlessBurnt(played('fuse:burnt'))],
    });
    expect((await verdictOf(already)).state).toBe('broken');
  });

  test('goes on while there is some: after what was overcome, what is gone, and a gap', async () => {
    const [lamps, fuses] = [played('hall:off'), played('fuse:burnt', 'fuse:whole', 'old:burnt', 'old:gone')];
    const found = once(lamps, isOn, {
      ...wait,
      hopeless: [unlessBurnt(fuses), unlessBurnt(fuses, 'old'), unlessBurnt(lamps, 'hall')],
    });
    play(fuses, 'gap');
    play(fuses, 'fuse:dim');
    fuses.push({ kind: 'deleted', at: 9000, object: lamp('fuse', 'burnt', 9) });
    play(lamps, 'hall:on');
    expect((await found).metadata.name).toBe('hall');
  });

  test('what is met is met, though hope is lost in the same state', async () => {
    const judge = (timeline: ReturnType<typeof played>) =>
      once(timeline, isOn, {
        ...wait,
        hopeless: [{ timeline, because: () => 'never', describe: describeLamp }],
      });
    await failure(judge(played('hall:off')));
    expect((await judge(played('hall:on'))).metadata.name).toBe('hall');
  });
});

describe('onceGone', () => {
  const end = { ...wait, name: 'hall', label: 'the hall lamp is gone' };

  test('returns when it is not there, now or later', async () => {
    const timeline = played('hall:off', 'attic:on');
    const ended = onceGone(timeline, end);
    play(timeline, 'attic:gone');
    play(timeline, 'hall:gone');
    await ended;
    await onceGone(timeline, end);
  });

  test('times out, and does not believe a watch that has failed', async () => {
    const verdict = await verdictOf(onceGone(played('hall:off'), { ...end, within: '5ms' }));
    expect(verdict.reason).toBe(
      'timed out after 5 ms (a test; it ends in ms): not seen that the hall lamp is gone',
    );
    const timeline = played();
    timeline.fail(forbidden);
    expect((await verdictOf(onceGone(timeline, end))).state).toBe('not-provable');
  });
});
