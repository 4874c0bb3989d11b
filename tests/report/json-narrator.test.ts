import { expect, test } from 'vitest';
import { jsonEventSchema } from '../../e2e/report/json-events.ts';
import { createJsonNarrator } from '../../e2e/report/json-narrator.ts';
import type { ScenarioEvent } from '../../e2e/report/record.ts';
import { nothingSpent } from '../../e2e/report/schema.ts';
import { scenarioReport } from '../support/scenario-report.ts';

const told = { id: '1', name: 'One', file: 'one.e2e.ts' };

const open = () => {
  const lines: string[] = [];
  const beside: string[] = [];
  const narrator = createJsonNarrator({
    write: (text) => lines.push(text),
    beside: (text) => beside.push(text),
  });
  narrator.begins({
    run: 'abc123',
    provider: 'lab',
    target: { name: 'emulator', version: null },
    judged: 'it',
    round: 2,
  });
  return { narrator, lines, beside };
};

const then = '2026-11-20T09:00:00.000Z';
const finding = { title: 'Odd', detail: 'so\nodd' };
const failure = { step: null, reason: 'so', messages: [], faults: [], evidence: ['a'] };
const events: ScenarioEvent[] = [
  { kind: 'start' },
  { kind: 'step-begins', id: 1, sentence: 'Given a thing', at: then },
  { kind: 'awaits', id: 1, what: 'it goes Error', now: null, since: then, limit: 120_000, owner: 'nobody' },
  { kind: 'awaited', id: 1, state: 'timed-out' },
  { kind: 'fault', name: 'immutable-file', phase: 'proved', detail: 'EPERM' },
  {
    kind: 'step',
    id: 1,
    step: { sentence: 'Given a thing', state: 'failed', duration: 5, account: nothingSpent },
  },
  { kind: 'finding', finding },
  { kind: 'failure', failure },
];

test('each event is one line that its schema knows', () => {
  const { narrator, lines, beside } = open();
  narrator.knows(1, 1);
  narrator.cluster({ server: 'https://cluster.invalid', context: 'inline', version: 'v1.99.0' });
  for (const event of events) narrator.event(told, event);
  narrator.prints('by itself\n');
  narrator.ends(told, scenarioReport('One', { state: 'failed', reason: 'so', evidence: 'evidence/one' }));
  narrator.breaksOff('SIGINT');
  expect(beside).toEqual(['by itself\n', 'Interrupted by SIGINT: cleaning up\n']);
  expect(lines.filter((line) => line.indexOf('\n') !== line.length - 1)).toEqual([]);
  const read = lines.map((line) => jsonEventSchema.parse(JSON.parse(line)));
  const common = { run: 'abc123', round: 2, scenario: 'One', file: 'one.e2e.ts' };
  const kubernetes = { server: 'https://cluster.invalid', context: 'inline', version: 'v1.99.0' };
  expect(read.map(({ at: _, ...rest }) => rest)).toEqual([
    { event: 'cluster', run: 'abc123', round: 2, kubernetes },
    { event: 'scenario-start', ...common },
    { event: 'step-begins', ...common, id: 1, sentence: 'Given a thing' },
    {
      event: 'awaits',
      ...common,
      id: 1,
      what: 'it goes Error',
      now: null,
      since: then,
      limit: 120_000,
      owner: 'nobody',
    },
    { event: 'awaited', ...common, id: 1, state: 'timed-out' },
    { event: 'fault', ...common, name: 'immutable-file', phase: 'proved', detail: 'EPERM' },
    {
      event: 'step',
      ...common,
      id: 1,
      sentence: 'Given a thing',
      state: 'failed',
      duration: 5,
      account: nothingSpent,
    },
    { event: 'finding', ...common, ...finding },
    { event: 'failure', ...common, ...failure },
    {
      event: 'scenario-end',
      ...common,
      state: 'failed',
      reason: 'so',
      duration: 1000,
      evidence: 'evidence/one',
    },
  ]);
});

test('what is secret stays in here, and the line is JSON all the same', () => {
  const { narrator, lines } = open();
  narrator.prints('');
  const detail = 'Authorization: Bearer abcdefghijklmnopqrstuvwxyz "quoted" \\ -----BEGIN PRIVATE KEY-----';
  narrator.event(told, { kind: 'fault', name: 'x', phase: 'proved', detail });
  const [line = ''] = lines;
  expect(line).not.toContain('abcdefghijklmnopqrstuvwxyz');
  expect(jsonEventSchema.parse(JSON.parse(line))).toMatchObject({
    event: 'fault',
    detail: expect.stringContaining('[redacted: '),
  });
});
