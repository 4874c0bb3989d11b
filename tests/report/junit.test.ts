import { describe, expect, test } from 'vitest';
import { composeJunit } from '../../e2e/report/junit.ts';
import { nothingSpent, type Report, type ScenarioReport } from '../../e2e/report/schema.ts';
import { sampleReport as report, scenarioReport } from '../support/scenario-report.ts';
import { findJunitErrors } from '../support/validate-junit.ts';

const steps: ScenarioReport['steps'] = [
  { sentence: 'Given a volume', state: 'passed', duration: 1500, account: nothingSpent },
  { sentence: 'by the way', state: 'noted', duration: 0, account: nothingSpent },
  { sentence: 'Then it is <sound> & "well"', state: 'failed', duration: 2, account: nothingSpent },
];
const file = 'e2e/scenarios/backup-deletion/normal.e2e.ts';
const failure = {
  step: 'Then it is sound',
  reason: '\u001b[31mexpected\u001b[39m: sound\n\n  got: ]]> damaged',
  messages: [],
  faults: [{ name: 'immutable-file', state: 'proved', proof: 'EPERM' }],
  evidence: ['.corral/last/evidence/a'],
};
const finding = { title: 'Odd', detail: 'so\nodd', link: 'https://longhorn.invalid/1' };

const whole = report([
  scenarioReport('A backup waits', { file, store: 'nfs', steps: steps.slice(0, 2), findings: [finding] }),
  scenarioReport('It fails', { file, store: 's3', state: 'failed', reason: failure.reason, failure, steps }),
  scenarioReport('It has a gap', { file, state: 'not-provable', reason: 'a gap of 3 s' }),
  scenarioReport('It needs a lab', { store: 's3', state: 'skipped', reason: 'needs the lab', duration: 0 }),
]);

test('a suite a file, a case a scenario, with its steps', async () => {
  const text = composeJunit(whole);
  expect(text).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="Corral" tests="4" failures="1" errors="1" time="61.000">
      <testsuite name="e2e/scenarios/backup-deletion/normal.e2e.ts" timestamp="2026-11-20T09:00:00" tests="3" failures="1" errors="1" skipped="0" time="3.000">
        <properties>
          <property name="run" value="abc123"/>
          <property name="provider" value="lab"/>
          <property name="target" value="official"/>
          <property name="version" value="v1.12.1"/>
          <property name="kubernetes" value="v1.34.1"/>
          <property name="judged" value="Longhorn v1.12.1 (official)"/>
          <property name="store" value="nfs, s3"/>
        </properties>
        <testcase name="A backup waits" classname="e2e.scenarios.backup-deletion.normal" time="1.000">
          <system-out>✓ Given a volume (1.5 s)
    · by the way
    finding: Odd
    so
    odd
    https://longhorn.invalid/1</system-out>
        </testcase>
        <testcase name="It fails" classname="e2e.scenarios.backup-deletion.normal" time="1.000">
          <failure type="failed" message="expected: sound">expected: sound

      got: ]]&gt; damaged

    Faults in force:
      immutable-file, proved: EPERM

    Evidence:
      .corral/last/evidence/a</failure>
          <system-out>✓ Given a volume (1.5 s)
    · by the way
    ✗ Then it is &lt;sound&gt; &amp; "well" (2 ms)</system-out>
        </testcase>
        <testcase name="It has a gap" classname="e2e.scenarios.backup-deletion.normal" time="1.000">
          <error type="not-provable" message="a gap of 3 s">a gap of 3 s</error>
        </testcase>
      </testsuite>
      <testsuite name="one.e2e.ts" timestamp="2026-11-20T09:00:00" tests="1" failures="0" errors="0" skipped="1" time="0.000">
        <properties>
          <property name="run" value="abc123"/>
          <property name="provider" value="lab"/>
          <property name="target" value="official"/>
          <property name="version" value="v1.12.1"/>
          <property name="kubernetes" value="v1.34.1"/>
          <property name="judged" value="Longhorn v1.12.1 (official)"/>
          <property name="store" value="s3"/>
        </properties>
        <testcase name="It needs a lab" classname="one" time="0.000">
          <skipped message="needs the lab"/>
        </testcase>
      </testsuite>
    </testsuites>
    "
  `);
  expect(await findJunitErrors(text)).toEqual([]);
});

test('rounds are cases of their own', async () => {
  const text = composeJunit(
    report([scenarioReport('A'), scenarioReport('A', { round: 2, state: 'failed', reason: 'late' })]),
  );
  expect([...text.matchAll(/<testcase name="([^"]+)"/g)].map(([, name]) => name)).toEqual([
    'A (round 1)',
    'A (round 2)',
  ]);
  expect(text).toContain('tests="2" failures="1" errors="0"');
  expect(await findJunitErrors(text)).toEqual([]);
});

describe('what is wrong with the run itself is a case, so that nobody takes it for well', () => {
  const skipped = scenarioReport('A', { state: 'skipped', reason: 'no disk', duration: 0 });
  const stray = scenarioReport('Nothing fails outside the scenarios', {
    file: '',
    state: 'failed',
    reason: 'stray',
  });
  test.each<[Partial<Report>, ScenarioReport[], string[]]>([
    [{}, [], []],
    [
      { end: { state: 'set-up-failed', reason: 'no disk\nat all' } },
      [skipped],
      [
        'name="The run finishes"',
        '<error type="set-up-failed" message="no disk">no disk\nat all</error>',
        'tests="2" failures="0" errors="1"',
      ],
    ],
    [
      { end: { state: 'runner-died', reason: null }, kubernetes: null },
      [skipped],
      ['<error type="runner-died" message="runner-died">'],
    ],
    [
      { end: { state: 'interrupted', reason: 'interrupted by SIGINT' } },
      [stray],
      ['<error type="interrupted"', 'classname="the run"'],
    ],
    [
      { differences: null },
      [],
      ['name="The cluster is as it was before the run"', '<error type="not-provable"'],
    ],
    [
      { differences: ['setting a: was 1', 'one more'] },
      [],
      ['<failure type="differs" message="setting a: was 1">setting a: was 1\none more<'],
    ],
    [{ differences: [] }, [], []],
  ])('%j', async (change, scenarios, texts) => {
    const text = composeJunit(report(scenarios, change));
    for (const each of texts) expect(text).toContain(each);
    if (texts.length === 0) expect(text).not.toContain('<testcase');
    expect(await findJunitErrors(text)).toEqual([]);
  });
});

describe('whatever is in a text', () => {
  const everywhere = (text: string): Report =>
    report(
      [
        scenarioReport(`a${text}b`, {
          file: `${text}.e2e.ts`,
          state: 'failed',
          reason: `a${text}b`,
          steps: [{ sentence: text, state: 'passed', duration: 1, account: nothingSpent }],
          findings: [{ title: text, detail: text, link: text }],
          failure: {
            ...failure,
            messages: [{ of: text, text, class: text, id: text, meaning: text }],
            evidence: [text],
          },
        }),
        scenarioReport(`s${text}`, { file: `${text}.e2e.ts`, state: 'skipped', reason: text }),
      ],
      { run: text, judged: text, end: { state: 'cluster-lost', reason: text }, differences: [text] },
    );

  // What XML 1.0 takes, beside all above the first plane.
  const isCharacter = (code: number): boolean =>
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd);
  const units = Array.from({ length: 0x1_0000 }, (_, code) => code);

  test('all that XML forbids is replaced, and nothing else', async () => {
    const forbidden = units.filter((code) => !isCharacter(code));
    expect(forbidden).toHaveLength(29 + 2048 + 2);
    // Apart, so that no two of them are a pair.
    const text = composeJunit(everywhere(forbidden.map((code) => `x${String.fromCharCode(code)}`).join('')));
    expect(await findJunitErrors(text)).toEqual([]);
    expect([...text].filter((sign) => sign.length === 1 && !isCharacter(sign.charCodeAt(0)))).toEqual([]);
  });

  test('all that XML allows comes through', async () => {
    const allowed = units.filter(
      (code) => isCharacter(code) && !/[\s\p{Cc}&<>"']/u.test(String.fromCharCode(code)),
    );
    const signs = `${allowed.map((code) => String.fromCharCode(code)).join('')}😀𐀀\u{10ffff}`;
    const text = composeJunit(everywhere(signs));
    expect(await findJunitErrors(text)).toEqual([]);
    expect(text).toContain(`a${signs}b`);
  });

  test('strange signs, and signs at random', async () => {
    const texts = [
      ...[
        '<a>',
        '&amp;',
        ']]>',
        '<![CDATA[',
        '"',
        "'",
        '<!--',
        '-->',
        '%',
        '\t',
        '\n',
        '\r\n',
        '\r',
        ' ',
        '&#0;',
        '\u001b[1m',
        '{}[]$`',
      ],
      ...Array.from({ length: 40 }, (_, seed) =>
        String.fromCharCode(
          ...Array.from({ length: 50 }, (_each, index) => ((seed + 1) * 7919 * (index + 3) ** 3) % 0x1_0000),
        ),
      ),
    ];
    expect(await findJunitErrors(...texts.map((text) => composeJunit(everywhere(text))))).toEqual([]);
  });
});

test.each([
  ['<testsuites', '<testsuite'],
  ['name="Corral"', ''],
  ['skipped="0"', 'skipped="none"'],
  ['time="61.000"', 'time="61 s"'],
  ['<failure type="failed"', '<failure'],
  ['<properties>', '<property/><properties>'],
  ['· by', '\u0001 by'],
  ['timestamp="2026-11-20T09:00:00"', 'timestamp="today"'],
])('the schema would see %s become %s', async (from, to) => {
  const text = composeJunit(whole);
  expect(text).toContain(from);
  expect(await findJunitErrors(text.replace(from, to))).not.toEqual([]);
});
