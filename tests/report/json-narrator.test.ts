import { expect, test } from 'vitest';
import { jsonEventSchema } from '../../e2e/report/json-events.ts';
import { createJsonNarrator } from '../../e2e/report/json-narrator.ts';
import type { ScenarioEvent } from '../../e2e/report/record.ts';
import { nothingSpent, type ReportStep } from '../../e2e/report/schema.ts';
import { scenarioReport } from '../support/scenario-report.ts';

const one = { id: '1', name: 'One', file: 'one.e2e.ts' };

const open = () => {
  const [lines, beside]: [string[], string[]] = [[], []];
  const outputs = { write: (text: string) => lines.push(text), beside: (text: string) => beside.push(text) };
  const narrator = createJsonNarrator(outputs);
  const target = { name: 'emulator', version: null };
  narrator.begins({ run: 'abc123', provider: 'lab', target, judged: 'it', round: 2 });
  return { narrator, lines, beside };
};

const since = '2026-11-20T09:00:00.000Z';
const sentence = 'Given a thing';
const step: ReportStep = { sentence, state: 'failed', duration: 5, account: nothingSpent };
const failure = { step: null, reason: 'so', messages: [], faults: [], evidence: ['a'] };
const kubernetes = { server: 'https://cluster.invalid', context: 'inline', version: 'v1.99.0' };
const events: ScenarioEvent[] = [
  { kind: 'start' },
  { kind: 'step-begins', id: 1, sentence, at: since },
  { kind: 'awaits', id: 1, what: 'it goes Error', now: null, since, limit: 120_000, owner: 'nobody' },
  { kind: 'awaited', id: 1, state: 'timed-out' },
  { kind: 'fault', name: 'immutable-file', phase: 'proved', detail: 'EPERM' },
  { kind: 'step', id: 1, step },
  { kind: 'finding', finding: { title: 'Odd', detail: 'so\nodd' } },
  { kind: 'failure', failure },
];

test('each event is one line that its schema knows', () => {
  const { narrator, lines, beside } = open();
  narrator.knows(1, 1);
  narrator.cluster(kubernetes);
  for (const event of events) narrator.event(one, event);
  narrator.prints('by itself\n');
  const end = { state: 'failed', reason: 'so', evidence: 'evidence/one' } as const;
  narrator.ends(one, scenarioReport('One', end));
  narrator.interrupted('SIGINT', { cleansUp: true });
  expect(beside).toEqual(['by itself\n', 'Interrupted by SIGINT: cleaning up\n']);
  expect(lines.filter((line) => line.indexOf('\n') !== line.length - 1)).toEqual([]);
  const read = lines.map((line) => jsonEventSchema.parse(JSON.parse(line)));
  // What an event holds stands beside the scenario that it is of.
  const names: Record<string, string> = { start: 'scenario-start' };
  const written = events.map(({ kind, ...rest }) => {
    const { step, finding, failure, at: _, ...more } = rest as Record<string, object>;
    return { event: names[kind] ?? kind, ...more, ...step, ...finding, ...failure };
  });
  const common = { run: 'abc123', round: 2, scenario: 'One', file: 'one.e2e.ts' };
  expect(read.map(({ at: _, ...rest }) => rest)).toEqual([
    { event: 'cluster', run: 'abc123', round: 2, kubernetes },
    ...[...written, { event: 'scenario-end', ...end, duration: 1000 }].map((each) => ({
      ...common,
      ...each,
    })),
  ]);
});
