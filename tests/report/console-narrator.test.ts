import { describe, expect, test, vi } from 'vitest';
import { composeReport } from '../../e2e/report/compose-report.ts';
import { createConsoleNarrator } from '../../e2e/report/console-narrator.ts';
import type { Narrator, Told } from '../../e2e/report/narrator.ts';
import { type Failure, nothingSpent, type ScenarioReport, type Step } from '../../e2e/report/schema.ts';
import type { Screen } from '../../e2e/report/screen.ts';
import { scenarioReport as ended } from '../support/scenario-report.ts';

const start = Date.parse('2026-11-20T09:00:00.000Z');
const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

const one: Told = {
  id: '1',
  name: 'A failed backup deletion is retried and blocks nobody',
  file: 'a.e2e.ts',
};
const two: Told = { id: '2', name: 'A backup waits', file: 'a.e2e.ts' };
const account = nothingSpent;
const step = (sentence: string, state: Step['state'] = 'passed', duration = 1500): Step => ({
  sentence,
  state,
  duration,
  account,
});
const run = { run: 'abc123', provider: 'lab', target: { name: 'emulator', version: 'v1.12.1' } };
const kubernetes = { server: 'https://127.0.0.1:6443', context: 'corral', version: 'v1.34.1' };

const failure: Failure = {
  step: 'Then the first backup goes Deleting, Error',
  reason:
    'timed out after 2 min\n\nExpected of the first backup (backup-1):\n  ✓ Deleting, at +0.105 s (resourceVersion 12)\n  ✗ Error\n\nHistory of the first backup (backup-1) in backups:\n  +0.000 s  11  ADDED     Completed\n  +0.105 s  12  MODIFIED  Deleting',
  messages: [
    {
      of: 'backup-1',
      text: 'failed to delete: operation not permitted',
      class: 'expected',
      id: 'immutable-config',
      meaning: 'the store refuses to remove a file',
    },
    {
      of: 'longhorn-manager-x',
      text: 'odd\nthings',
      class: 'unknown',
      id: null,
      meaning: 'nobody has seen this before',
    },
  ],
  faults: [{ name: 'immutable-file', state: 'proved', proof: 'unlink: EPERM' }],
  evidence: [
    '.corral/last/evidence/a-failed-backup-deletion',
    '.corral/last/evidence/a-failed-backup-deletion.tar.gz',
  ],
};

/** A screen that keeps what stays, and what is drawn below it now. */
const openScreen = (size?: { columns: number; rows: number }) => {
  const lines: string[] = [];
  let drawn: readonly string[] = [];
  const screen: Screen = {
    size: () => size,
    print: (more) => lines.push(...more),
    draw: (all) => {
      drawn = all;
    },
  };
  return { screen, text: () => lines.join('\n'), area: () => drawn.join('\n') };
};

const open = (
  options: { size?: { columns: number; rows: number }; told?: 'scenarios' | 'steps' | 'events' } = {},
) => {
  const shown = openScreen(options.size);
  const clock = { seconds: 0 };
  const narrator = createConsoleNarrator({
    screen: shown.screen,
    paint: (_, text) => text,
    told: options.told ?? 'steps',
    now: () => start + clock.seconds * 1000,
  });
  narrator.begins({ ...run, round: 1, judged: 'the emulator v1.12.1' });
  return { ...shown, clock, narrator };
};

const close = (narrator: Narrator, scenarios: ScenarioReport[]) => {
  const report = composeReport({
    ...run,
    kubernetes,
    end: { state: 'finished', reason: null },
    scenarios,
    startedAt: new Date(),
  });
  narrator.closes({ ...report, duration: 61_000 }, 'out/report.json');
};

const awaits = (now: string | null, since: number, what = 'the first backup goes Error') =>
  ({
    kind: 'awaits',
    id: 1,
    what,
    now,
    since: at(since),
    limit: 120_000,
    owner: "Longhorn's back-off",
  }) as const;

const begin = (narrator: Narrator, told: Told, sentence: string, seconds: number) => {
  narrator.event(told, { kind: 'start' });
  narrator.event(told, { kind: 'step-begins', id: 1, sentence, at: at(seconds) });
};

describe('the whole of what is told', () => {
  test('of a pass, which is quiet', () => {
    const { narrator, text } = open();
    narrator.knows(1, 1);
    begin(narrator, two, 'Given a volume', 0);
    narrator.cluster(kubernetes);
    narrator.event(two, { kind: 'step', id: 1, step: step('Given a volume') });
    narrator.event(two, { kind: 'step-begins', id: 2, sentence: 'Then it goes Completed', at: at(2) });
    narrator.event(two, awaits('InProgress', 2));
    narrator.event(two, { kind: 'awaited', id: 1, state: 'met' });
    narrator.event(two, { kind: 'fault', name: 'immutable-file', phase: 'healed', detail: 'backup.cfg' });
    narrator.event(two, { kind: 'step', id: 2, step: step('Then it goes Completed') });
    const finding = { title: 'The manual is wrong', detail: 'It says A', link: 'https://longhorn.invalid/1' };
    narrator.event(two, { kind: 'finding', finding });
    narrator.prints('by the way\n');
    const scenario = ended(two.name, { findings: [finding] });
    narrator.ends(two, scenario);
    close(narrator, [scenario]);
    expect(text()).toMatchInlineSnapshot(`
      "Corral run abc123, provider lab
      Judged: the emulator v1.12.1

      A backup waits
        · on https://127.0.0.1:6443 (context corral), Kubernetes v1.34.1
        ✓ Given a volume (1.5 s)
        ✓ Then it goes Completed (1.5 s)
      by the way
        passed in 1 s

      1 passed, 0 failed
      1 known difference, emulated: where Longhorn contradicts its documents, the emulator does as Longhorn (--verbose lists them)
      Judged: the emulator v1.12.1: this run proves the suite, not Longhorn
      Report: out/report.json (1 min 1 s)"
    `);
  });

  test('of a failure: at once, where it happened; at the end only what came after', () => {
    const { narrator, text } = open();
    narrator.knows(1, 1);
    begin(narrator, one, failure.step ?? '', 0);
    narrator.event(one, { kind: 'step', id: 1, step: step(failure.step ?? '', 'failed', 120_000) });
    narrator.event(one, { kind: 'failure', failure });
    narrator.event(one, { kind: 'step', id: 2, step: step('Cleanup of the volume', 'failed') });
    const reason = `${failure.reason}\n\nthe cleanup failed: the volume is still there`;
    const scenario = ended(one.name, { state: 'failed', reason, failure });
    narrator.ends(one, scenario);
    close(narrator, [scenario]);
    expect(text()).toMatchInlineSnapshot(`
      "Corral run abc123, provider lab
      Judged: the emulator v1.12.1

      A failed backup deletion is retried and blocks nobody
        ✗ Then the first backup goes Deleting, Error (2 min)
        stopped at: Then the first backup goes Deleting, Error
          timed out after 2 min

          Expected of the first backup (backup-1):
            ✓ Deleting, at +0.105 s (resourceVersion 12)
            ✗ Error

          History of the first backup (backup-1) in backups:
            +0.000 s  11  ADDED     Completed
            +0.105 s  12  MODIFIED  Deleting

          Messages of Longhorn:
            backup-1: failed to delete: operation not permitted
              expected, immutable-config: the store refuses to remove a file
            longhorn-manager-x: odd
              things
              unknown: nobody has seen this before

          Faults in force:
            immutable-file, proved: unlink: EPERM

          Evidence:
            .corral/last/evidence/a-failed-backup-deletion
            .corral/last/evidence/a-failed-backup-deletion.tar.gz
        ✗ Cleanup of the volume (1.5 s)
        FAILED after 1 s
          (told above)

          the cleanup failed: the volume is still there

      0 passed, 1 failed
      Judged: the emulator v1.12.1: this run proves the suite, not Longhorn
      Report: out/report.json (1 min 1 s)"
    `);
  });

  test('of many side by side', () => {
    const { narrator, text } = open();
    narrator.knows(2, 2);
    begin(narrator, one, 'Given a volume', 0);
    begin(narrator, two, 'Given another', 0);
    narrator.event(two, { kind: 'step', id: 1, step: step('Given another') });
    narrator.event(one, { kind: 'step', id: 1, step: step('Given a volume', 'failed') });
    narrator.event(one, { kind: 'failure', failure: { ...failure, messages: [], faults: [] } });
    const passed = ended(two.name);
    narrator.ends(two, passed);
    const failed = ended(one.name, { state: 'not-provable', reason: failure.reason, failure });
    narrator.ends(one, failed);
    close(narrator, [passed, failed]);
    expect(text()).toMatchInlineSnapshot(`
      "Corral run abc123, provider lab
      Judged: the emulator v1.12.1

      1 A failed backup deletion is retried and blocks nobody
      2 A backup waits
      2 ✓ Given another (1.5 s)
      1 ✗ Given a volume (1.5 s)
      1 A failed backup deletion is retried and blocks nobody, stopped at: Then the first backup goes Deleting, Error
          timed out after 2 min

          Expected of the first backup (backup-1):
            ✓ Deleting, at +0.105 s (resourceVersion 12)
            ✗ Error

          History of the first backup (backup-1) in backups:
            +0.000 s  11  ADDED     Completed
            +0.105 s  12  MODIFIED  Deleting

          Evidence:
            .corral/last/evidence/a-failed-backup-deletion
            .corral/last/evidence/a-failed-backup-deletion.tar.gz
      2 passed in 1 s: A backup waits
      1 NOT PROVABLE after 1 s: A failed backup deletion is retried and blocks nobody (told above)

      Did not pass:
        ? A failed backup deletion is retried and blocks nobody
          Then the first backup goes Deleting, Error

      1 passed, 1 failed
      1 of the failed not provable: what decides was not seen for sure, as the watch has a gap there or the API server was away, or a fault of another scenario can have brought it about
      Judged: the emulator v1.12.1: this run proves the suite, not Longhorn
      Report: out/report.json (1 min 1 s)"
    `);
  });

  test('of many, where the steps are told only of what fails', () => {
    const { narrator, text } = open({ told: 'scenarios' });
    begin(narrator, one, 'Given a volume', 0);
    narrator.cluster(kubernetes);
    begin(narrator, two, 'Given another', 0);
    narrator.event(two, { kind: 'step', id: 1, step: step('Given another') });
    narrator.event(one, { kind: 'step', id: 1, step: step('Given a volume') });
    narrator.event(one, { kind: 'step', id: 2, step: step(failure.step ?? '', 'failed') });
    narrator.event(one, { kind: 'failure', failure: { ...failure, messages: [], faults: [] } });
    narrator.event(one, { kind: 'step', id: 3, step: step('Cleanup of the volume') });
    const finding = { title: 'The manual is wrong', detail: 'It says A' };
    const passed = ended(two.name, { findings: [finding] });
    narrator.ends(two, passed);
    const failed = ended(one.name, { state: 'failed', reason: failure.reason, failure });
    narrator.ends(one, failed);
    const three = { id: '3', name: 'One that tells its failure last', file: 'c.e2e.ts' };
    narrator.event(three, { kind: 'start' });
    narrator.event(three, { kind: 'step', id: 1, step: step('Cleanup') });
    const late = ended(three.name, { state: 'not-provable', reason: 'the cleanup\nis not proven' });
    narrator.ends(three, late);
    const four = { id: '4', name: 'One that is skipped', file: 'c.e2e.ts' };
    narrator.event(four, { kind: 'step', id: 1, step: step('Given nothing') });
    const skipped = ended(four.name, { state: 'skipped', reason: 'it is not allowed' });
    narrator.ends(four, skipped);
    close(narrator, [passed, failed, late, skipped]);
    expect(text()).toMatchInlineSnapshot(`
      "Corral run abc123, provider lab
      Judged: the emulator v1.12.1
        · on https://127.0.0.1:6443 (context corral), Kubernetes v1.34.1

      A failed backup deletion is retried and blocks nobody
        ✓ Given a volume (1.5 s)
        ✗ Then the first backup goes Deleting, Error (1.5 s)
        stopped at: Then the first backup goes Deleting, Error
          timed out after 2 min

          Expected of the first backup (backup-1):
            ✓ Deleting, at +0.105 s (resourceVersion 12)
            ✗ Error

          History of the first backup (backup-1) in backups:
            +0.000 s  11  ADDED     Completed
            +0.105 s  12  MODIFIED  Deleting

          Evidence:
            .corral/last/evidence/a-failed-backup-deletion
            .corral/last/evidence/a-failed-backup-deletion.tar.gz
        passed in 1 s: A backup waits

      A failed backup deletion is retried and blocks nobody
        ✓ Cleanup of the volume (1.5 s)
        FAILED after 1 s: A failed backup deletion is retried and blocks nobody (told above)

      One that tells its failure last
        ✓ Cleanup (1.5 s)
        NOT PROVABLE after 1 s: One that tells its failure last
          the cleanup
          is not proven
        skipped after 1 s: One that is skipped
          it is not allowed

      Did not pass:
        ✗ A failed backup deletion is retried and blocks nobody
          Then the first backup goes Deleting, Error
        ? One that tells its failure last
          the cleanup

      1 passed, 2 failed, 1 skipped
      1 of the failed not provable: what decides was not seen for sure, as the watch has a gap there or the API server was away, or a fault of another scenario can have brought it about
      1 known difference, emulated: where Longhorn contradicts its documents, the emulator does as Longhorn (--verbose lists them)
      Judged: the emulator v1.12.1: this run proves the suite, not Longhorn
      Report: out/report.json (1 min 1 s)"
    `);
  });

  test('with all events', () => {
    const { narrator, text } = open({ told: 'events' });
    narrator.knows(1, 1);
    begin(narrator, two, 'Then the first backup goes Error', 0);
    narrator.event(two, awaits(null, 0));
    narrator.event(two, awaits('Deleting', 1));
    for (const state of ['met', 'broken', 'not-provable', 'timed-out'] as const) {
      narrator.event(two, awaits('Deleting', 1));
      narrator.event(two, { kind: 'awaited', id: 1, state });
    }
    narrator.event(two, { kind: 'fault', name: 'immutable-file', phase: 'proved', detail: 'unlink: EPERM' });
    narrator.event(two, { kind: 'finding', finding: { title: 'The manual is wrong', detail: 'It says A' } });
    narrator.event(two, { kind: 'step', id: 1, step: step('Then the first backup goes Error') });
    expect(text()).toMatchInlineSnapshot(`
      "Corral run abc123, provider lab
      Judged: the emulator v1.12.1

      A backup waits
        · begins: Then the first backup goes Error
        · awaited: the first backup goes Error; not seen yet; at most 2 min (Longhorn's back-off)
        · awaited: the first backup goes Error; now Deleting
        · awaited: the first backup goes Error; now Deleting
        · met: the first backup goes Error
        · awaited: the first backup goes Error; now Deleting; at most 2 min (Longhorn's back-off)
        · broken: the first backup goes Error
        · awaited: the first backup goes Error; now Deleting; at most 2 min (Longhorn's back-off)
        · not provable: the first backup goes Error
        · awaited: the first backup goes Error; now Deleting; at most 2 min (Longhorn's back-off)
        · timed out: the first backup goes Error
        · fault immutable-file, proved: unlink: EPERM
        · known difference, emulated: The manual is wrong
        ✓ Then the first backup goes Error (1.5 s)"
    `);
    narrator.breaksOff('SIGINT');
  });
});

describe('findings', () => {
  const findings = [
    { title: 'The manual is wrong', detail: 'It says A' },
    { title: 'So is the other', detail: 'It says B', link: 'https://longhorn.invalid/1' },
  ];
  const play = (target: string, told: 'scenarios' | 'steps' | 'events') => {
    const shown = openScreen();
    const narrator = createConsoleNarrator({
      screen: shown.screen,
      paint: (_, text) => text,
      told,
      now: () => start,
    });
    narrator.begins({ ...run, target: { name: target, version: null }, round: 1, judged: 'it' });
    narrator.knows(2, 2);
    const scenarios = [one, two].map((each) => ended(each.name, { findings }));
    narrator.event(one, { kind: 'start' });
    narrator.event(one, { kind: 'finding', finding: findings[0] as (typeof findings)[0] });
    for (const [index, each] of [one, two].entries()) narrator.ends(each, scenarios[index] as ScenarioReport);
    const report = composeReport({
      ...run,
      target: { name: target, version: null },
      kubernetes,
      end: { state: 'finished', reason: null },
      scenarios,
      startedAt: new Date(),
    });
    narrator.closes(report, 'out/report.json');
    return shown
      .text()
      .split('\n')
      .filter((line) => /finding|manual|difference|other|It says|--verbose/.test(line));
  };

  test.each(['scenarios', 'steps'] as const)('of the emulator are known, and counted (%s)', (told) => {
    expect(play('emulator', told)).toEqual([
      '2 known differences, emulated: where Longhorn contradicts its documents, the emulator does as Longhorn (--verbose lists them)',
    ]);
  });

  test('of the emulator are listed once, with all events', () => {
    expect(play('emulator', 'events')).toEqual([
      '1 · known difference, emulated: The manual is wrong',
      '2 known differences, emulated: where Longhorn contradicts its documents, the emulator does as Longhorn',
      '  The manual is wrong: It says A',
      '  So is the other: It says B',
    ]);
  });

  test('of a Longhorn are told with the scenario', () => {
    expect(play('official', 'scenarios')).toEqual([
      ...Array(2)
        .fill([
          '  finding: The manual is wrong',
          '    It says A',
          '  finding: So is the other',
          '    It says B',
        ])
        .flat(),
    ]);
    expect(play('official', 'events')[0]).toBe('1 · finding: The manual is wrong');
  });
});

describe('where nothing can be drawn', () => {
  test.for([
    [59, 0],
    [61, 1],
    [119, 1],
    [185, 3],
  ] as const)('after %d s of a step, %d lines say so', ([seconds, lines], { onTestFinished }) => {
    vi.useFakeTimers({ now: start });
    onTestFinished(() => void vi.useRealTimers());
    const shown = openScreen();
    const narrator = createConsoleNarrator({
      screen: shown.screen,
      paint: (_, text) => text,
      told: 'steps',
      now: Date.now,
    });
    narrator.begins({ ...run, round: 1, judged: 'the emulator' });
    narrator.knows(2, 2);
    begin(narrator, one, 'Then the first backup goes Error', 0);
    narrator.event(one, awaits('Deleting', 10));
    vi.advanceTimersByTime(seconds * 1000);
    const told = shown
      .text()
      .split('\n')
      .filter((line) => line.includes('still at'));
    expect(told).toHaveLength(lines);
    if (lines === 1)
      expect(told).toEqual([
        "1 · still at: Then the first backup goes Error, for 1 min; awaited: the first backup goes Error; now Deleting, for 50 s; 1 min left of 2 min (Longhorn's back-off)",
      ]);
    narrator.breaksOff('SIGINT');
    vi.advanceTimersByTime(600_000);
    expect(
      shown
        .text()
        .split('\n')
        .filter((line) => line.includes('still at')),
    ).toHaveLength(lines);
  });
});

test('where only scenarios are told, a minute of silence ends with what is under way', ({
  onTestFinished,
}) => {
  vi.useFakeTimers({ now: start });
  onTestFinished(() => void vi.useRealTimers());
  const shown = openScreen();
  const narrator = createConsoleNarrator({
    screen: shown.screen,
    paint: (_, text) => text,
    told: 'scenarios',
    now: Date.now,
  });
  narrator.begins({ ...run, round: 1, judged: 'the emulator' });
  const told = (seconds: number): string[] => {
    const before = shown.text().length;
    vi.advanceTimersByTime(seconds * 1000);
    return shown.text().slice(before).split('\n').filter(Boolean);
  };
  expect(told(59)).toEqual([]);
  expect(told(1)).toEqual(['· no scenario has begun']);
  narrator.knows(4, 4);
  begin(narrator, two, 'Given another', 60);
  begin(narrator, one, 'Then the first backup goes Error', 30);
  narrator.event(one, awaits('Deleting', 40));
  narrator.event({ id: '3', name: 'Three', file: 'c.e2e.ts' }, { kind: 'start' });
  expect(told(59)).toEqual([]);
  expect(told(1)).toEqual([
    "· 3 at work, 1 to come; longest: A failed backup deletion is retried and blocks nobody, still at: Then the first backup goes Error, for 1 min 30 s; awaited: the first backup goes Error; now Deleting, for 1 min 20 s; 1 min left of 2 min (Longhorn's back-off)",
  ]);
  vi.advanceTimersByTime(30_000);
  narrator.ends(two, ended(two.name));
  // What was told begins the minute anew.
  expect(told(59)).toEqual([]);
  expect(told(1)).toHaveLength(1);
  narrator.breaksOff('SIGINT');
  expect(told(600)).toEqual([]);
});

describe('below what has ended', () => {
  const play = (size: { columns: number; rows: number }) => {
    const opened = open({ size });
    const { narrator, clock } = opened;
    narrator.knows(12, 12);
    begin(narrator, one, 'Then the first backup goes Deleting, Error', 0);
    narrator.event(one, awaits('Deleting', 0));
    begin(
      narrator,
      two,
      'Given a volume of 4Gi with data of 2Gi in it, on three nodes, attached to the first of them',
      5,
    );
    clock.seconds = 12;
    // Whatever is told next draws the time as well.
    narrator.event({ id: '3', name: 'Three', file: 'c.e2e.ts' }, { kind: 'start' });
    return opened;
  };

  test('each scenario, its step, and what it waits for', () => {
    const { area, narrator } = play({ columns: 120, rows: 24 });
    expect(area()).toMatchInlineSnapshot(`
      "
       1 A failed backup deletion is retried and blocks nobody (12 s)
         Then the first backup goes Deleting, Error (12 s)
         awaited: the first backup goes Error; now Deleting, for 12 s; 1 min 48 s left of 2 min (Longhorn's back-off)
       2 A backup waits (12 s)
         Given a volume of 4Gi with data of 2Gi in it, on three nodes, attached to the first of them (7 s)
       3 Three (0 s)
      3 at work, 9 to come"
    `);
    narrator.ends(one, ended(one.name, { state: 'failed', reason: 'so' }));
    expect(area()).toMatchInlineSnapshot(`
      "
       2 A backup waits (12 s)
         Given a volume of 4Gi with data of 2Gi in it, on three nodes, attached to the first of them (7 s)
       3 Three (0 s)
      2 at work, 1 failed, 9 to come"
    `);
    narrator.event(two, { kind: 'step', id: 1, step: step('Given a volume') });
    expect(area()).not.toContain('Given a volume');
    narrator.breaksOff('SIGINT');
    expect(area()).toBe('');
    narrator.event(two, { kind: 'step-begins', id: 2, sentence: 'Cleanup', at: at(12) });
    expect(area()).toBe('');
  });

  test.each([
    [80, 24],
    [80, 9],
    [80, 7],
    [80, 5],
    [40, 24],
    [20, 8],
    [1, 1],
  ])('%d columns, %d rows', (columns, rows) => {
    const { area, narrator } = play({ columns, rows });
    expect(area()).toMatchSnapshot();
    const lines = area().split('\n');
    if (columns > 20) expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
    expect(lines.length).toBeLessThanOrEqual(Math.max(3, rows - 1));
    narrator.breaksOff('SIGINT');
  });
});
