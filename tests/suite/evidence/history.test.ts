import { expect, onTestFinished, test, vi } from 'vitest';
import { expectHistory, once } from '../../../e2e/history/expectation.ts';
import { whileObserved } from '../../../e2e/history/observer.ts';
import { type ReplayedTimeline, replayTimeline } from '../../../e2e/history/replay.ts';
import { know } from '../../../e2e/kube/redact/known.ts';
import { hall, is, type Lamp, lamp, play } from '../../history/lamps.ts';
import { recorded } from './history.ts';

const lamps = { group: 'corral.test', version: 'v1', plural: 'lamps' };

/** The history of one watch of lamps, observed while `work` plays with them. */
const recordedLamps = (
  work: (timeline: ReplayedTimeline<Lamp>) => Promise<unknown> | unknown,
  options?: Parameters<typeof recorded>[1],
) =>
  recorded(async (observer) => {
    const timeline = replayTimeline<Lamp>('lamps');
    observer.watches(lamps, timeline);
    await whileObserved(observer, async () => work(timeline));
  }, options);

test('every event is a line in the order of arrival, and a gap says what it throws doubt on', async () => {
  const { recording } = await recorded(async (observer) => {
    const [one, other] = [replayTimeline<Lamp>('lamps'), replayTimeline<Lamp>('lamps')];
    observer.watches(lamps, one);
    observer.watches(lamps, other);
    play(one, 'hall=off');
    play(one, 'hall:on');
    play(other, 'porch:on');
    one.push({
      kind: 'gap',
      at: Date.now(),
      since: Date.now(),
      from: one.entries[1]?.sequence ?? 0,
      reason: 'out of order',
    });
    one.listing();
    one.push({ kind: 'deleted', at: Date.now(), object: lamp('hall', 'on', 2), inferred: true });
  });
  expect(
    recording.lines.map(({ at: _, ...line }) => ({
      ...line,
      ...('object' in line && { object: line.object.metadata.name }),
    })),
  ).toEqual([
    { type: 'ADDED', resource: 'lamps', object: 'hall', listed: true },
    { type: 'MODIFIED', resource: 'lamps', object: 'hall' },
    { type: 'ADDED', resource: 'lamps', watch: 2, object: 'porch' },
    { type: 'GAP', resource: 'lamps', reason: 'out of order', since: expect.any(Number), doubts: 1 },
    { marker: 'lamps are listed anew', listing: { resource: 'lamps' } },
    { type: 'DELETED', resource: 'lamps', object: 'hall', inferred: true },
  ]);
});

test('what belongs to others is left out, and so is who manages which field', async () => {
  const { metadata, ...rest } = lamp('mine', 'on', 1);
  const managed = { ...metadata, managedFields: [{ manager: 'somebody' }] } as Lamp['metadata'];
  const { text } = await recordedLamps(
    (timeline) => {
      timeline.push({ kind: 'added', at: Date.now(), object: { ...rest, metadata: managed } });
      timeline.push({ kind: 'added', at: Date.now(), object: lamp('theirs', 'on', 2) });
    },
    { belongs: (resource, { metadata }) => resource === 'lamps' && metadata.name === 'mine' },
  );
  expect(text).toContain('"mine"');
  expect(text).not.toMatch(/theirs|managedFields/);
});

test('an expectation is told when it begins and when it ends, with what it takes to judge it again', async () => {
  const { recording } = await recordedLamps(async (timeline) => {
    play(timeline, 'hall:off');
    const met = hall(timeline).from(timeline.mark()).goes(is('on')).within('10s', 'the test');
    play(timeline, 'hall:on');
    await met;
  });
  const [set, , met] = recording.lines.slice(1);
  expect(set).toMatchObject({
    marker: 'awaits: the hall lamp (hall) goes on',
    expectation: {
      id: 1,
      phase: 'set',
      resource: 'lamps',
      name: 'hall',
      label: 'the hall lamp',
      steps: ['on'],
      limit: 10,
      owner: 'the test',
      rule: {
        resource: 'lamps',
        name: 'hall',
        after: 1,
        steps: [{ state: 'lamp-is', given: ['on'] }],
        allowed: [],
        nevers: [],
      },
    },
  });
  expect(met).toMatchObject({
    marker: 'met: the hall lamp (hall) goes on',
    expectation: {
      id: 1,
      phase: 'met',
      reason: 'the hall lamp went on',
      reached: [{ label: 'on', at: expect.any(Number) }],
      by: expect.any(Number),
    },
  });
  expect(met).not.toHaveProperty('expectation.rule');
});

test('a wait that is met at once is not told of, any other is', async () => {
  const { recording } = await recordedLamps(async (timeline) => {
    play(timeline, 'hall:on');
    const wait = (state: string) => {
      const how = { label: `it is ${state}`, name: 'hall', within: '20ms', owner: 'a test' } as const;
      return once(timeline, ({ status }) => status.state === state, how);
    };
    await wait('on');
    await wait('off').catch(() => {});
  });
  expect(recording.lines.slice(1)).toMatchObject([
    { marker: 'awaits: it is off' },
    { marker: 'timed out: it is off' },
  ]);
});

test('secrets are redacted', async () => {
  const secret = 'a-secret-of-36-letters';
  know(secret, 'a test');
  const { text } = await recordedLamps(async (timeline) => {
    timeline.push({ kind: 'added', at: Date.now(), object: lamp('hall', secret, 1) });
    await expectHistory(timeline, { name: 'hall', label: secret, describe: () => '' })
      .goes(is('on'))
      .within('1ms', 'x')
      .catch(() => {});
  });
  expect(text).not.toContain('a-secret-of-36-letters');
  expect(text).toContain('[redacted: a test]');
});

test('what a watch could not see up to the end is a gap; that its connection went with it is none', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { recording } = await recorded(async (observer) => {
    const [blind, stoppedBlind, seeing] = [
      replayTimeline<Lamp>('lamps'),
      replayTimeline<Lamp>('lamps'),
      replayTimeline<Lamp>('lamps'),
    ];
    for (const timeline of [blind, stoppedBlind, seeing]) {
      observer.watches(lamps, timeline);
      timeline.connected(true);
    }
    for (const timeline of [blind, stoppedBlind]) timeline.connected(false);
    vi.setSystemTime(Date.now() + 60_000);
    seeing.connected(false);
    for (const timeline of [stoppedBlind, seeing]) timeline.fail(new Error('stopped'));
    vi.setSystemTime(Date.now() + 60_000);
  });
  const reason = 'there was no connection to the API server, up to the end';
  expect(recording.lines).toEqual([
    { at: 120, type: 'GAP', resource: 'lamps', reason, since: 0 },
    { at: 120, type: 'GAP', resource: 'lamps', watch: 2, reason, since: 0 },
  ]);
});
