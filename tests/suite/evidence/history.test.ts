import { expect, test, vi } from 'vitest';
import { expectHistory, waitUntil } from '../../../e2e/history/expectation.ts';
import { replayTimeline } from '../../../e2e/history/replay.ts';
import { registerSecret } from '../../../e2e/kube/redact/registered-secrets.ts';
import { hall, is, type Lamp, lamp, pushEvent } from '../../history/lamps.ts';
import { lamps, recorded, recordedLamps } from './history.ts';

test('every event is a line in the order of arrival, and a gap says what it throws doubt on', async () => {
  const { recording } = await recorded((observer) => {
    const [one, other] = [replayTimeline<Lamp>('lamps'), replayTimeline<Lamp>('lamps')];
    for (const timeline of [one, other]) observer.watches(lamps, timeline);
    for (const event of ['hall=off', 'hall:on']) pushEvent(one, event);
    pushEvent(other, 'porch:on');
    const now = Date.now();
    const from = one.entries[1]?.sequence ?? 0;
    one.push({ kind: 'gap', at: now, since: now, from, reason: 'out of order' });
    one.listing();
    one.push({ kind: 'deleted', at: now, object: lamp('hall', 'on', 2), inferred: true });
  });
  const written = recording.lines.map(({ at: _, ...line }) =>
    'object' in line ? { ...line, object: line.object.metadata.name } : line,
  );
  expect(written).toEqual([
    { type: 'ADDED', resource: 'lamps', object: 'hall', listed: true },
    { type: 'MODIFIED', resource: 'lamps', object: 'hall' },
    { type: 'ADDED', resource: 'lamps', watch: 2, object: 'porch' },
    { type: 'GAP', resource: 'lamps', reason: 'out of order', since: expect.any(Number), doubts: 1 },
    { marker: 'lamps are listed anew', listing: { resource: 'lamps' } },
    { type: 'DELETED', resource: 'lamps', object: 'hall', inferred: true },
  ]);
});

test('what belongs to others is left out, and so is who manages which field, and secrets', async () => {
  const secret = 'a-secret-of-36-letters';
  registerSecret(secret, 'a test');
  const { metadata, ...rest } = lamp('mine', secret, 1);
  const managed = { ...metadata, managedFields: [{ manager: 'somebody' }] } as Lamp['metadata'];
  const { text } = await recordedLamps(
    (timeline) => {
      timeline.push({ kind: 'added', at: Date.now(), object: { ...rest, metadata: managed } });
      timeline.push({ kind: 'added', at: Date.now(), object: lamp('theirs', 'on', 2) });
      const expected = expectHistory(timeline, { name: 'hall', label: secret, describe: () => '' });
      return expected.goes(is('on')).within('1ms', 'x');
    },
    { belongs: (resource, { metadata }) => resource === 'lamps' && metadata.name === 'mine' },
  );
  for (const part of ['"mine"', '"[redacted: a test]"', 'awaits: [redacted: a test]'])
    expect(text).toContain(part);
  expect(text).not.toMatch(/theirs|managedFields|a-secret/);
});

test('an expectation is reported when it begins and when it ends, with what it takes to judge it again', async () => {
  const { recording } = await recordedLamps(async (timeline) => {
    pushEvent(timeline, 'hall:off');
    const met = hall(timeline).from(timeline.lastSequence()).goes(is('on')).within('10s', 'the test');
    pushEvent(timeline, 'hall:on');
    await met;
  });
  const [set, , met] = recording.lines.slice(1);
  const steps = [{ state: 'lamp-is', given: ['on'] }];
  const rule = { resource: 'lamps', name: 'hall', after: 1, steps, allowed: [], nevers: [] };
  const about = { resource: 'lamps', name: 'hall', label: 'the hall lamp', limit: 10, owner: 'the test' };
  expect(set).toMatchObject({
    marker: 'awaits: the hall lamp (hall) goes on',
    expectation: { id: 1, phase: 'set', ...about, steps: ['on'], rule },
  });
  const reached = [{ label: 'on', at: expect.any(Number) }];
  expect(met).toMatchObject({
    marker: 'met: the hall lamp (hall) goes on',
    expectation: { id: 1, phase: 'met', reason: 'the hall lamp went on', reached, by: expect.any(Number) },
  });
  expect(met).not.toHaveProperty('expectation.rule');
});

test('a wait that is met at once is not recorded, any other is', async () => {
  const { recording } = await recordedLamps(async (timeline) => {
    pushEvent(timeline, 'hall:on');
    for (const state of ['on', 'off'])
      await waitUntil(timeline, ({ status }) => status.state === state, {
        ...{ label: `it is ${state}`, name: 'hall', within: '20ms', owner: 'a test' },
      });
  });
  const markers = recording.lines.slice(1).map((line) => 'marker' in line && line.marker);
  expect(markers).toEqual(['awaits: it is off', 'timed out: it is off']);
});

test('what a watch could not see up to the end is a gap; that its connection went with it is none', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const { recording } = await recorded((observer) => {
    const watches = [1, 2, 3].map(() => replayTimeline<Lamp>('lamps'));
    const [, stoppedBlind, seeing] = watches;
    for (const timeline of watches) {
      observer.watches(lamps, timeline);
      timeline.connected(timeline === seeing);
    }
    vi.setSystemTime(Date.now() + 60_000);
    seeing?.connected(false);
    for (const timeline of [stoppedBlind, seeing]) timeline?.fail(new Error('stopped'));
    vi.setSystemTime(Date.now() + 60_000);
  });
  const reason = 'there was no connection to the API server, up to the end';
  expect(recording.lines).toEqual([
    { at: 120, type: 'GAP', resource: 'lamps', reason, since: 0 },
    { at: 120, type: 'GAP', resource: 'lamps', watch: 2, reason, since: 0 },
  ]);
});
