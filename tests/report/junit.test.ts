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
const reason = '\u001b[31mexpected\u001b[39m: sound\n\n  got: ]]> damaged';
const faults = [{ name: 'immutable-file', state: 'proved', proof: 'EPERM' }];
const failure = { step: 'Then it is sound', reason, messages: [], faults, evidence: ['evidence/a'] };
const finding = { title: 'Odd', detail: 'so\nodd', link: 'https://longhorn.invalid/1' };

const whole = report([
  scenarioReport('A backup waits', { file, store: 'nfs', steps: steps.slice(0, 2), findings: [finding] }),
  scenarioReport('It fails', { file, store: 's3', state: 'failed', reason: failure.reason, failure, steps }),
  scenarioReport('It has a gap', { file, state: 'not-provable', reason: 'a gap of 3 s' }),
  scenarioReport('It needs a lab', { store: 's3', state: 'skipped', reason: 'needs the lab', duration: 0 }),
]);

const properties = {
  ...{ run: 'abc123', provider: 'lab', target: 'official', version: 'v1.12.1', kubernetes: 'v1.34.1' },
  ...{ judged: 'Longhorn v1.12.1 (official)', store: 'nfs, s3' },
};

test('the images of Longhorn are properties, by what they are', async () => {
  const images = [{ name: 'longhornio/longhorn-manager:master-head', digest: 'sha256:ab' }];
  const text = composeJunit(
    report(whole.scenarios, { kubernetes: { server: 's', context: 'c', version: 'v1', images } }),
  );
  expect(text).toContain(
    '<property name="image longhornio/longhorn-manager:master-head" value="sha256:ab"/>',
  );
  expect(await findJunitErrors(text)).toEqual([]);
});

test('a suite a file, a case a scenario, with its steps', async () => {
  const text = composeJunit(whole);
  for (const part of [
    '<testsuites name="Corral" tests="4" failures="1" errors="1" time="61.000">',
    '<testsuite name="e2e/scenarios/backup-deletion/normal.e2e.ts" timestamp="2026-11-20T09:00:00" tests="3" failures="1" errors="1" skipped="0" time="3.000">',
    ...Object.entries(properties).map(([name, value]) => `<property name="${name}" value="${value}"/>`),
    '<testcase name="A backup waits" classname="e2e.scenarios.backup-deletion.normal" time="1.000">',
    'Given a volume (1.5 s)\n· by the way\nfinding: Odd\nso\nodd\nhttps://longhorn.invalid/1</system-out>',
    '<failure type="failed" message="expected: sound">expected: sound\n\n  got: ]]&gt; damaged\n\nFaults in force:\n  immutable-file, proved: EPERM\n\nEvidence:\n  evidence/a</failure>',
    '✗ Then it is &lt;sound&gt; &amp; "well" (2 ms)</system-out>',
    '<error type="not-provable" message="a gap of 3 s">a gap of 3 s</error>',
    'tests="1" failures="0" errors="0" skipped="1" time="0.000">',
    '<skipped message="needs the lab"/>',
  ])
    expect(text).toContain(part);
  expect(await findJunitErrors(text)).toEqual([]);
});

describe('what is wrong with the run itself is a case, so that nobody takes it for well', () => {
  const stray = scenarioReport('Stray', { file: '', state: 'failed', reason: 'stray' });
  const asBefore = 'name="The cluster is as it was before the run"';
  test.each<[Partial<Report>, ScenarioReport[], string[]]>([
    [
      { end: { state: 'set-up-failed', reason: 'no disk\nat all' }, kubernetes: null },
      [{ ...stray, round: 2 }],
      [
        'name="The run finishes"',
        '<error type="set-up-failed" message="no disk">no disk\nat all</error>',
        '<testcase name="Stray (round 2)" classname="the run"',
        'tests="2" failures="1" errors="1"',
      ],
    ],
    [{ differences: null }, [], [asBefore, '<error type="not-provable"']],
    [
      { differences: ['a: was 1', 'one more'] },
      [],
      [asBefore, '"differs" message="a: was 1">a: was 1\none more<'],
    ],
  ])('%j', async (change, scenarios, texts) => {
    const text = composeJunit(report(scenarios, change));
    for (const each of texts) expect(text).toContain(each);
    expect(await findJunitErrors(text)).toEqual([]);
  });

  test('nothing is', () => expect(composeJunit(report([], { differences: [] }))).not.toContain('<testcase'));
});

describe('whatever is in a text', () => {
  const message = (text: string) => ({ of: text, text, class: text, id: text, meaning: text });
  const everywhere = (text: string): Report =>
    report(
      [
        scenarioReport(`a${text}b`, {
          file: `${text}.e2e.ts`,
          state: 'failed',
          reason: `a${text}b`,
          steps: [{ sentence: text, state: 'passed', duration: 1, account: nothingSpent }],
          findings: [{ title: text, detail: text, link: text }],
          failure: { ...failure, messages: [message(text)], evidence: [text] },
        }),
        scenarioReport(`s${text}`, { file: `${text}.e2e.ts`, state: 'skipped', reason: text }),
      ],
      { run: text, judged: text, end: { state: 'cluster-lost', reason: text }, differences: [text] },
    );
  const compose = (text: string) => composeJunit(everywhere(text));

  // What XML 1.0 takes, beside all above the first plane.
  const isCharacter = (code: number) => /[\t\n\r\u0020-\ud7ff\ue000-\ufffd]/.test(String.fromCharCode(code));
  const units = Array.from({ length: 0x1_0000 }, (_, code) => code);

  test('all that XML forbids is replaced, all else comes through, and strange signs harm nothing', async () => {
    const forbidden = units.filter((code) => !isCharacter(code));
    expect(forbidden).toHaveLength(29 + 2048 + 2);
    // Apart, so that no two of them are a pair.
    const without = compose(forbidden.map((code) => `x${String.fromCharCode(code)}`).join(''));
    expect([...without].filter((sign) => sign.length === 1 && !isCharacter(sign.charCodeAt(0)))).toEqual([]);
    const signs = String.fromCharCode(...units.filter(isCharacter)).replaceAll(/[\s\p{Cc}&<>"']/gu, '');
    const allowed = compose(`${signs}😀𐀀\u{10ffff}`);
    expect(allowed).toContain(`a${signs}😀𐀀\u{10ffff}b`);
    const strange = ['<a>', '&amp;', ']]>', '<![CDATA[', '"\'', '<!--', '-->', '%', '\t\n\r\n\r ', '&#0;'];
    const texts = [...strange, '\u001b[1m', '{}[]$`'].map(compose);
    expect(await findJunitErrors(without, allowed, ...texts)).toEqual([]);
  });
});

test('what is wrong with it, the schema would see', async () => {
  const wrong = composeJunit(whole).replace('<failure type="failed"', '<failure');
  expect(await findJunitErrors(wrong)).not.toEqual([]);
});
