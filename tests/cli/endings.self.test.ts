import { beforeAll, describe, expect, test } from 'vitest';
import { type Ended, runSuite, suiteOf } from '../support/run-suite.ts';

test('all passed: nothing stays for who wants a pause on a failure; but a cluster that does not go down is no success', async () => {
  const flags = ['--pause-on-failure'];
  const run = await runSuite(suiteOf('green'), { how: 'stays-up', flags });
  expect(run.exitCode).toBe(3);
  expect(run.stderr).toMatch(/^e2e: the cluster did not go down: node2 does not answer\n/);
  expect(run.stdout).toMatch(
    /^1 scenario, provider lab, Longhorn: emulator\nBooting three nodes \.\.\.\nBooting three nodes: <time>\nCorral run <run>, provider lab\n/,
  );
  expect(run.stdout).toMatch(/\n {2}passed in <time>: One is green\n\n1 passed, 0 failed\n/);
  expect(run.stdout).toMatch(
    /\nTaking the cluster down \.\.\.\nTaking the cluster down: <time>, failed\nPage: /,
  );
  expect(run.report).toMatchObject({
    end: { state: 'finished', reason: null },
    kubernetes: { context: 'inline', server: 'https://cluster.invalid', version: 'v1.99.0' },
    scenarios: [
      {
        account: { cluster: 0, others: 0, suite: expect.any(Number) },
        ...{ evidence: 'evidence/one-is-green', file: 'one.e2e.ts', name: 'One is green', reason: null },
        ...{ round: 1, seed: 'manual#one', state: 'passed', store: 'nfs', tags: ['held'] },
        steps: [
          { sentence: 'Given a thing', state: 'passed' },
          { sentence: 'by the way', state: 'noted', duration: 0 },
        ],
      },
    ],
    target: { name: 'emulator', version: '0.0.0' },
  });
});

const finding = { code: 'manual-is-wrong', title: 'The manual is wrong', detail: 'It says A' };

describe('of a run in which each scenario ends in another way', () => {
  let run: Ended;
  beforeAll(async () => {
    // With several at once, the order of lines is not always the same.
    run = await runSuite(suiteOf('endings'), { flags: ['--workers', '1', '--output', 'verbose'] });
  });

  /** What the console says from a line on, as far as it is indented. */
  const outputOf = (first: string): string => {
    const lines = run.stdout.split('\n');
    // Where it was run twice, of the second time.
    const from = lines.lastIndexOf(first);
    const next = lines.findIndex((line, index) => index > from && /^\S/.test(line));
    return lines.slice(from, next).join('\n').trimEnd();
  };
  const reported = (name: string) => run.report?.scenarios.find((scenario) => scenario.name === name);

  test('the exit code, the totals and the list of those that did not pass are of all of them', () => {
    expect(run.exitCode).toBe(1);
    expect(run.report?.totals).toEqual({ passed: 3, knownBugs: 0, failed: 6, skipped: 1, notProvable: 2 });
    const list = run.stdout.slice(run.stdout.indexOf('Did not pass:'));
    expect(list.match(/^ {2}[✗?] .*/gm)).toHaveLength(8);
    for (const lines of [
      '  ? It has a gap\n    Then a history is judged\n    out/evidence/it-has-a-gap-2\n',
      '\nLeft in the cluster by the cleanup; it goes with the cluster:\n  It leaves something behind\n    the volume is still there\n  It is red and leaves something behind\n    the volume is still there\n',
      '\n3 passed, 8 failed, 1 skipped\n2 of the failed not provable: ',
      '\n1 known difference, emulated: ',
    ])
      expect(list).toContain(lines);
  });

  test('a scenario that failed says where and why; the others still run', () => {
    expect(outputOf('It is red')).toMatchInlineSnapshot(`
      "It is red
        · on https://cluster.invalid (context inline), Kubernetes v1.99.0
        · begins: Given a thing
        ✓ Given a thing (<time>)
        · begins: Then it breaks
        ✗ Then it breaks (<time>)
        stopped at: Then it breaks
          expected a thing
          and got another
              at <suite>/one.e2e.ts:<line>
              at does (<root>/tests/support/inline-scenario.ts:<line>
              at <suite>/one.e2e.ts:<line>
          because of the thing is gone
              at <suite>/one.e2e.ts:<line>
              at does (<root>/tests/support/inline-scenario.ts:<line>
              at <suite>/one.e2e.ts:<line>

          Points to: not clear
            no expectation was broken and the cluster shows no trouble: read the reason

          Evidence:
            out/evidence/it-is-red/
            out/evidence/it-is-red.tar.gz
        FAILED after <time> (see above)"
    `);
  });

  test('not provable is neither passed nor failed, nor is what others brought about; a finding is no verdict', () => {
    expect(outputOf('It has a gap')).toContain(
      'the watch of the API server has a gap where the scenario is decided',
    );
    expect(reported('It has a gap')?.state).toBe('not-provable');
    expect(reported('It has stood beside a crash')).toMatchObject({
      state: 'not-provable',
      reason: expect.stringMatching(/^something else ended meanwhile\n[\s\S]*it does not/),
    });
    expect(reported('It needs more')).toMatchObject({ state: 'skipped', reason: 'no RWX volumes' });
    expect(reported('It finds')).toMatchObject({ state: 'passed', findings: [finding] });
  });

  test('what a cleanup leaves behind is reported beside the verdict, and does not change it', () => {
    const left = '\n  left behind by its cleanup:\n    the volume is still there$';
    expect(outputOf('It leaves something behind')).toMatch(new RegExp(`\n  passed in <time>${left}`));
    expect(outputOf('It is red and leaves something behind')).toMatch(
      new RegExp(`\n  stopped at: Then it breaks\n[\\s\\S]*\n  FAILED after <time> \\(see above\\)${left}`),
    );
    expect(reported('It leaves something behind')).toMatchObject({
      ...{ state: 'passed', reason: null, leftBehind: 'the volume is still there' },
    });
  });

  test('a lost premise is no verdict: the scenario runs again, and says so', () => {
    expect(run.stdout).toMatch(
      /\n {2}premise lost: it runs again when all others have ended\n {4}the back-off was over before\n/,
    );
    expect(outputOf('It loses its premise once')).toMatch(
      /\n {2}✓ Cleanup of run 2 \(<time>\)\n {2}passed in <time>\n {2}run twice; the first time its premise was lost: the back-off was over before$/,
    );
    expect(reported('It loses its premise once')).toMatchObject({
      state: 'passed',
      firstPlay: { reason: 'the back-off was over before', evidence: 'evidence/it-loses-its-premise-once' },
      evidence: 'evidence/it-loses-its-premise-once-2',
    });
  });

  test('a premise that is lost again is not provable; what was broken fails at once, and is not run again', () => {
    expect(reported('It has a gap')).toMatchObject({ state: 'not-provable', firstPlay: expect.anything() });
    for (const name of ['It is broken once', 'It has stood beside a crash'])
      expect(reported(name)?.firstPlay).toBeUndefined();
    expect(reported('It is broken once')?.state).toBe('failed');
  });

  test('a scenario whose time is up says what it was at, and cleans up', () => {
    expect(outputOf('It takes too long')).toMatch(
      /\n {4}the scenario took longer than its <time>; it was at: When nothing comes\n\n[\s\S]*\n {2}✓ Cleanup \(<time>\)\n {2}FAILED after <time> \(see above\)$/,
    );
  });

  test.each([
    ['It fails at the end', ['When it begins: passed', 'Then all is judged: failed', 'Cleanup: passed']],
    ['It does not get to the end', ['When it begins: failed', 'Cleanup: passed']],
  ])('what is judged at the end comes after the steps and before the cleanup: %s', (name, steps) => {
    expect(reported(name)?.steps.map((step) => `${step.sentence}: ${step.state}`)).toEqual(steps);
  });
});

test('an error outside the scenarios makes the run fail, which a cluster that does not go down does not hide', async () => {
  const run = await runSuite(suiteOf('stray-error'), { how: 'stays-up' });
  expect(run.exitCode).toBe(1);
  expect(run.stderr).toContain('e2e: the cluster did not go down: node2 does not answer');
  expect(run.stdout).toContain('\n  passed in <time>: It is green beside a stray error\n');
  expect(run.stdout).toMatch(
    /\n {2}FAILED after <time>: Nothing fails outside the scenarios\n {4}Error: nobody waited for this\n {8}at Timeout/,
  );
  expect(run.stdout).toContain('\n1 passed, 1 failed\n');
});
