import { expect, test } from 'vitest';
import { composeJobSummary } from '../../e2e/report/job-summary.ts';
import { sampleReport as report, scenarioReport } from '../support/scenario-report.ts';

const limit = 1024 * 1024;

test('the whole: how each ended, what was found, why what failed did', () => {
  const finding = { title: 'Odd | strange', detail: 'so\nodd', link: 'https://longhorn.invalid/1' };
  const faults = [{ name: 'immutable-file', state: 'proved', proof: 'EPERM' }];
  const failure = { step: null, reason: 'expected: <sound>\n\n  got', messages: [], faults, evidence: ['b'] };
  const scenarios = [
    scenarioReport('A *waits*', { findings: [finding] }),
    scenarioReport('E', { findings: [finding] }),
    scenarioReport('B <fails>', { state: 'failed', reason: failure.reason, failure }),
    scenarioReport('C', { state: 'not-provable', reason: 'a gap' }),
    scenarioReport('D', { round: 2, state: 'skipped', reason: 'no' }),
  ];
  const text = composeJobSummary(report(scenarios), limit);
  for (const part of [
    /^### 2 passed, 2 failed, 1 skipped\n\nRun `abc123` on lab, Longhorn: official v1\.12\.1, Kubernetes v1\.34\.1, 1 min 1 s\. Judged: /,
    /\n\| A \\\*waits\\\* \(round 1\) \| ✓ passed \| 1 s \|\n\| E \(round 1\) \| ✓ passed \| 1 s \|\n\| B \\<fails\\> \(round 1\) \| ✗ \*\*failed\*\* \| 1 s \|\n/,
    /\n\| D \(round 2\) \| - skipped \| {2}\|\n\n#### Findings\n\n- \*\*Odd \\\| strange\*\* \(A \\\*waits\\\*, E\): so odd <https:/,
    /\n<details><summary>B &lt;fails&gt; \(round 1\): failed<\/summary>\n\n<pre>expected: &lt;sound&gt;\n&#8203;\n {2}got\n&#8203;\nFaults in force:\n {2}immutable-file, proved: EPERM\n/,
    /\n<details><summary>C \(round 1\): not provable<\/summary>\n\n<pre>a gap<\/pre>\n\n<\/details>\n\n$/,
  ])
    expect(text).toMatch(part);
  // The emulator was taught it: it is folded.
  const emulated = report(scenarios, { target: { name: 'emulator', version: null } });
  expect(composeJobSummary(emulated, limit)).toContain(
    '\n<details><summary>1 known difference, emulated: where Longhorn contradicts its documents, the emulator does as Longhorn</summary>\n\n- **Odd \\| strange** (A \\*waits\\*, E',
  );
});

test('a run that did not finish', () => {
  const end = { state: 'interrupted', reason: 'interrupted by SIGINT' } as const;
  const cut = report([], { end, kubernetes: null, differences: ['setting a: was 1'] });
  const text = composeJobSummary(cut, limit);
  expect(text).toContain('**The run did not finish: interrupted by SIGINT**');
  expect(text).toContain('- not as before the run: setting a: was 1');
  expect(text).not.toContain('| scenario |');
});

const long = (name: string, size: number) =>
  scenarioReport(name, { state: 'failed', reason: 'é<'.repeat(size) });

test.each([
  [limit, 40, 40_000],
  [300, 1, 10],
])('never more than %d bytes for %d failures of %d signs, and then it says so', (most, count, size) => {
  const failures = Array.from({ length: count }, (_, index) => long(`S${index}`, size));
  const text = composeJobSummary(report(failures), most);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
  expect(text).toMatch(/\d+ more parts did not fit in here: see report\.json\n$/);
  expect(text.split('<details>')).toHaveLength(text.split('</details>').length);
});

test('one that is very long leaves room for the others', () => {
  const text = composeJobSummary(report([long('One', 2_000_000), long('Two', 10)]), limit);
  expect(text).toContain('<summary>Two: failed</summary>');
  expect(text).toContain('... 3950000 more characters');
  expect(text).not.toContain('did not fit');
});
