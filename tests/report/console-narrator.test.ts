import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createConsoleNarrator } from '../../e2e/report/console-narrator.ts';
import type { Narrator, ScenarioIdentity } from '../../e2e/report/narrator.ts';
import { type Failure, nothingSpent, type ReportStep, type ScenarioReport } from '../../e2e/report/schema.ts';
import { scenarioReport as ended, sampleReport } from '../support/scenario-report.ts';

const start = Date.parse('2026-11-20T09:00:00.000Z');
const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

beforeEach(() => void vi.useFakeTimers({ now: start }));
const pass = (seconds: number) => void vi.advanceTimersByTime(seconds * 1000);

const named = (id: string, name: string): ScenarioIdentity => ({ id, name, file: `${id}.e2e.ts` });
const one = named('1', 'A failed backup deletion is retried and blocks nobody');
const two = named('2', 'A backup waits');
const step = (sentence: string, state: ReportStep['state'] = 'passed') =>
  ({ kind: 'step', id: 1, step: { sentence, state, duration: 1500, account: nothingSpent } }) as const;
const target = { name: 'emulator', version: 'v1.12.1' };
const kubernetes = { server: 'https://127.0.0.1:6443', context: 'corral', version: 'v1.34.1' };

const failure: Failure = {
  step: 'Then the first backup goes Deleting, Error',
  reason: 'timed out after 2 min\n\nExpected of the first backup (backup-1):\n  ✗ Error',
  messages: [{ of: 'backup-1', text: 'odd\nthings', class: 'unknown', id: null, meaning: 'nobody knows it' }],
  faults: [{ name: 'immutable-file', state: 'proved', proof: 'unlink: EPERM' }],
  evidence: ['.corral/last/evidence/a-failed-backup-deletion'],
};
const findings = [
  { title: 'The manual is wrong', detail: 'It says A' },
  { title: 'So is the other', detail: 'It says B\nand C', link: 'https://longhorn.invalid/1' },
];
const [finding] = findings as [(typeof findings)[0]];

type Size = { columns: number; rows: number };
type Given = { size?: Size; detail?: 'scenarios' | 'steps' | 'events'; name?: string };

/** A narrator of a run, with a screen that keeps what stays, and what is drawn below it now. */
const open = ({ size, detail = 'steps', name = 'emulator' }: Given = {}) => {
  const lines: string[] = [];
  let drawn: readonly string[] = [];
  const screen = {
    size: () => size,
    print: (more: readonly string[]) => lines.push(...more),
    draw: (all: readonly string[]) => {
      drawn = all;
    },
  };
  const narrator = createConsoleNarrator({ screen, paint: (_, text) => text, detail, now: Date.now });
  narrator.begins({ run: 'abc123', provider: 'lab', target: { ...target, name }, round: 1, judged: 'it' });
  const close = (...scenarios: ScenarioReport[]) =>
    narrator.closes(sampleReport(scenarios, { target }), 'out/report.json');
  const text = () => lines.join('\n');
  return { narrator, close, text, area: () => drawn.join('\n') };
};

const awaits = (now: string | null, since: number) => ({
  kind: 'awaits' as const,
  ...{ id: 1, what: 'the first backup goes Error', now, since: at(since) },
  ...{ limit: 120_000, owner: "Longhorn's back-off" },
});

const begin = (narrator: Narrator, scenario: ScenarioIdentity, sentence: string, seconds = 0) => {
  narrator.event(scenario, { kind: 'start' });
  narrator.event(scenario, { kind: 'step-begins', id: 1, sentence, at: at(seconds) });
};

describe('the whole output', () => {
  test('one by one: a failure is printed where it happened, at the end what came after', () => {
    const { narrator, text, close } = open();
    begin(narrator, one, 'Given a volume');
    narrator.cluster(kubernetes);
    // Before it is known how many are printed at once, everything waits.
    expect(text()).not.toContain(one.name);
    narrator.knows(2, 1);
    narrator.event(one, { kind: 'failure', failure });
    narrator.prints('by the way\n');
    narrator.event(one, step('Cleanup of the volume', 'failed'));
    narrator.interrupted('SIGINT', { cleansUp: true });
    const reason = `${failure.reason}\n\nthe cleanup failed: the volume is still there`;
    // What was printed last is not remembered any more.
    narrator.ends(one, ended(one.name, { state: 'failed', reason, failure }));
    close();
    expect(text()).toMatchSnapshot();
  });

  test('side by side, with a number each; what was found in a Longhorn is printed at the end', () => {
    const { narrator, text } = open({ name: 'official' });
    narrator.knows(12, 12);
    begin(narrator, one, 'Given a volume');
    begin(narrator, two, 'Given another');
    narrator.event(two, step('Given another'));
    narrator.event(one, { kind: 'failure', failure });
    narrator.ends(two, ended(two.name, { findings }));
    narrator.ends(one, ended(one.name, { state: 'not-provable', reason: failure.reason, failure }));
    expect(text()).toMatchSnapshot();
  });

  test('of many, where the steps are printed only of what fails', () => {
    const { narrator, text, close } = open({ detail: 'scenarios' });
    begin(narrator, one, 'Given a volume');
    begin(narrator, two, 'Given another');
    narrator.event(two, step('Given another'));
    narrator.event(one, step('Given a volume'));
    narrator.event(one, { kind: 'failure', failure });
    narrator.event(one, step('Cleanup of the volume'));
    const all = [
      ended(two.name, { findings }),
      ended(one.name, { state: 'failed', reason: failure.reason, failure }),
      ended('Three', { state: 'not-provable', reason: 'the cleanup\nis not proven' }),
      ended('Four', { state: 'skipped', reason: 'it is not allowed' }),
    ];
    const three = named('3', 'Three');
    narrator.event(three, step('Cleanup'));
    for (const [index, each] of [two, one, three, named('4', 'Four')].entries())
      narrator.ends(each, all[index] as ScenarioReport);
    close(...all);
    expect(text()).toMatchSnapshot();
  });

  test('with all events, and all differences that are known, each once', () => {
    const { narrator, text, close } = open({ detail: 'events' });
    narrator.knows(1, 1);
    begin(narrator, two, 'Then the first backup goes Error');
    narrator.event(two, awaits(null, 0));
    narrator.event(two, awaits('Deleting', 1));
    narrator.event(two, { kind: 'awaited', id: 1, state: 'timed-out' });
    narrator.event(two, { kind: 'fault', name: 'immutable-file', phase: 'proved', detail: 'unlink: EPERM' });
    narrator.event(two, { kind: 'finding', finding });
    close(...[1, 2].map((round) => ended(two.name, { round, findings })));
    expect(text()).toMatchSnapshot();
  });
});

test.each(['steps', 'scenarios'] as const)(
  'where nothing can be drawn, a minute of which no %s are printed ends with a line, until the run breaks off',
  (detail) => {
    const { narrator, text } = open({ detail });
    narrator.knows(2, 2);
    begin(narrator, one, 'Then it goes Error');
    const before = text().length;
    narrator.event(one, awaits('Deleting', 10));
    for (const seconds of [59, 1, 59, 1]) pass(seconds);
    narrator.interrupted('SIGINT', { cleansUp: true });
    pass(600);
    const lines = text()
      .slice(before)
      .split('\n')
      .filter((line) => line.includes('·'));
    const said = ['· 1 running, 1 to come; longest: A failed ', '· 1 running'];
    expect(lines).toEqual(said.map((part) => expect.stringContaining(part)));
    expect(lines[0]).toContain(
      'awaited: the first backup goes Error; now Deleting, for 50 s; 1 min left of 2 min',
    );
  },
);

describe('below what has ended', () => {
  const long = 'Given a volume of 4Gi with data of 2Gi in it, on three nodes, attached to the first';
  const narrate = (size: Size) => {
    const opened = open({ size });
    const { narrator } = opened;
    narrator.knows(12, 12);
    begin(narrator, one, 'Then the first backup goes Deleting, Error');
    narrator.event(one, awaits('Deleting', 0));
    begin(narrator, two, long, 5);
    pass(12);
    // Whatever is printed next draws the time as well.
    narrator.event(named('3', 'Three'), { kind: 'start' });
    return opened;
  };

  test('each scenario, its step, and what it waits for', () => {
    const { area, narrator } = narrate({ columns: 120, rows: 24 });
    expect(area()).toMatchSnapshot();
    narrator.ends(one, ended(one.name, { state: 'failed', reason: 'so' }));
    expect(area()).toMatch(/^\n 2 A backup waits[\s\S]*\n2 running, 1 failed, 9 to come$/);
    narrator.event(two, step('Given a volume'));
    expect(area()).not.toContain('Given a volume');
    narrator.interrupted('SIGINT', { cleansUp: true });
    expect(area()).toBe('');
  });

  const sizes = ['80 columns, 9 rows', '80 columns, 7 rows', '20 columns, 8 rows', '1 columns, 1 rows'];
  test.for(sizes)('%s', (size) => {
    const [columns = 0, rows = 0] = (size.match(/\d+/g) ?? []).map(Number);
    const { area } = narrate({ columns, rows });
    expect(area()).toMatchSnapshot();
    const lines = area().split('\n');
    if (columns > 20) expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
    expect(lines.length).toBeLessThanOrEqual(Math.max(3, rows - 1));
  });
});
