import { expect, test } from 'vitest';
import { runSuite } from '../support/run-suite.ts';

const green = `scenario('One is green', { seed: 'manual#one', tags: ['held'] }, async ({ does, note }) => {
  await does('Given a thing');
  note('by the way');
});
`;

// The suite alone was at work.
const account = { cluster: 0, locks: 0, others: 0, suite: expect.any(Number) };
// With several at once, the order of lines is not always the same.
const flags = ['--workers', '1'];

test('all passed', async () => {
  const run = await runSuite({ 'one.e2e.ts': green });
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toBe('');
  expect(run.stdout).toMatchInlineSnapshot(`
    "1 scenario, provider lab, Longhorn: emulator
    Booting three nodes ...
    Booting three nodes: <time>
    Corral run <run>, provider lab
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn

    One is green
      · on https://cluster.invalid (context inline), Kubernetes v1.99.0
      ✓ Given a thing (<time>)
      · by the way
      passed in <time>

    1 passed, 0 failed
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>
    Page: out/report.html"
  `);
  expect(run.report).toMatchInlineSnapshot(
    {
      run: expect.stringMatching(/^[a-z0-9]{6}$/),
      startedAt: expect.any(String),
      duration: expect.any(Number),
      scenarios: [
        {
          startedAt: expect.any(String),
          duration: expect.any(Number),
          account,
          steps: [{ duration: expect.any(Number), account }, {}],
        },
      ],
    },
    `
    {
      "duration": Any<Number>,
      "end": {
        "reason": null,
        "state": "finished",
      },
      "judged": "the emulator 0.0.0: this run proves the suite, not Longhorn",
      "kubernetes": {
        "context": "inline",
        "server": "https://cluster.invalid",
        "version": "v1.99.0",
      },
      "provider": "lab",
      "run": StringMatching /\\^\\[a-z0-9\\]\\{6\\}\\$/,
      "scenarios": [
        {
          "account": {
            "cluster": 0,
            "locks": 0,
            "others": 0,
            "suite": Any<Number>,
          },
          "decisions": {
            "count": 0,
            "max": 0,
            "median": 0,
          },
          "duration": Any<Number>,
          "evidence": "evidence/one-is-green",
          "file": "one.e2e.ts",
          "findings": [],
          "name": "One is green",
          "reason": null,
          "round": 1,
          "seed": "manual#one",
          "startedAt": Any<String>,
          "state": "passed",
          "steps": [
            {
              "account": {
                "cluster": 0,
                "locks": 0,
                "others": 0,
                "suite": Any<Number>,
              },
              "duration": Any<Number>,
              "sentence": "Given a thing",
              "state": "passed",
            },
            {
              "account": {
                "cluster": 0,
                "locks": 0,
                "others": 0,
                "suite": 0,
              },
              "duration": 0,
              "sentence": "by the way",
              "state": "noted",
            },
          ],
          "tags": [
            "held",
          ],
        },
      ],
      "schemaVersion": 1,
      "startedAt": Any<String>,
      "target": {
        "name": "emulator",
        "version": "0.0.0",
      },
      "totals": {
        "failed": 0,
        "notProvable": 0,
        "passed": 1,
        "skipped": 0,
      },
    }
  `,
  );
});

test('a scenario failed, and says where and why; the others still run', async () => {
  const run = await runSuite(
    {
      'one.e2e.ts': `scenario('Two is red', {}, async ({ does }) => {
  await does('Given a thing');
  await does('Then it breaks', () => {
    throw new Error('expected a thing\\nand got another', { cause: new Error('the thing is gone') });
  });
});
${green}`,
    },
    { flags },
  );
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toMatchInlineSnapshot(`
    "2 scenarios, provider lab, Longhorn: emulator
    Booting three nodes ...
    Booting three nodes: <time>
    Corral run <run>, provider lab
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn

    Two is red
      · on https://cluster.invalid (context inline), Kubernetes v1.99.0
      ✓ Given a thing (<time>)
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
          out/evidence/two-is-red/
          out/evidence/two-is-red.tar.gz
      FAILED after <time> (told above)

    One is green
      ✓ Given a thing (<time>)
      · by the way
      passed in <time>

    Did not pass:
      ✗ Two is red
        Then it breaks
        out/evidence/two-is-red

    1 passed, 1 failed
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>
    Page: out/report.html"
  `);
  expect(run.report?.totals).toEqual({ passed: 1, failed: 1, skipped: 0, notProvable: 0 });
});

test('what an expectation explains is shown as it is, without a stack', async () => {
  const run = await runSuite({
    'one.e2e.ts': `scenario('It explains itself', {}, async ({ does }) => {
  await does('Then a history is told', () => {
    throw Object.assign(new Error('expected: Pending\\n  got: Completed'), { name: 'ExpectationError', verdict: { state: 'broken' } });
  });
});`,
  });
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toMatchInlineSnapshot(`
    "1 scenario, provider lab, Longhorn: emulator
    Booting three nodes ...
    Booting three nodes: <time>
    Corral run <run>, provider lab
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn

    It explains itself
      · on https://cluster.invalid (context inline), Kubernetes v1.99.0
      ✗ Then a history is told (<time>)
      stopped at: Then a history is told
        expected: Pending
          got: Completed

        Points to: not clear
          no expectation was broken and the cluster shows no trouble: read the reason

        Evidence:
          out/evidence/it-explains-itself/
          out/evidence/it-explains-itself.tar.gz
      FAILED after <time> (told above)

    0 passed, 1 failed
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>
    Page: out/report.html"
  `);
});

test('not provable is neither passed nor failed, and counts as failed', async () => {
  const run = await runSuite({
    'one.e2e.ts': `scenario('It has a gap', {}, async ({ does }) => {
  await does('Then a history is told', () => {
    throw Object.assign(new Error('the watch lost 3 s'), { verdict: { state: 'not-provable' } });
  });
});`,
  });
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toMatchInlineSnapshot(`
    "1 scenario, provider lab, Longhorn: emulator
    Booting three nodes ...
    Booting three nodes: <time>
    Corral run <run>, provider lab
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn

    It has a gap
      · on https://cluster.invalid (context inline), Kubernetes v1.99.0
      ✗ Then a history is told (<time>)
      stopped at: Then a history is told
        the watch lost <time>

        Points to: the cluster
          the watch of the API server has a gap where the scenario is decided: it is neither passed nor failed

        Evidence:
          out/evidence/it-has-a-gap/
          out/evidence/it-has-a-gap.tar.gz
      NOT PROVABLE after <time> (told above)

    0 passed, 1 failed
    1 of the failed not provable: what decides was not seen for sure, as the watch has a gap there or the API server was away, or a fault of another scenario can have brought it about
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>
    Page: out/report.html"
  `);
  expect(run.report?.scenarios[0]?.state).toBe('not-provable');
  expect(run.report?.totals).toEqual({ passed: 0, failed: 0, skipped: 0, notProvable: 1 });
});

test('skipped with its reason', async () => {
  const run = await runSuite(
    {
      'one.e2e.ts': `${green}scenario('It needs more', {}, async ({ skip }) => skip('the emulator has no RWX volumes'));`,
    },
    { flags },
  );
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toMatchInlineSnapshot(`
    "2 scenarios, provider lab, Longhorn: emulator
    Booting three nodes ...
    Booting three nodes: <time>
    Corral run <run>, provider lab
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn

    One is green
      · on https://cluster.invalid (context inline), Kubernetes v1.99.0
      ✓ Given a thing (<time>)
      · by the way
      passed in <time>

    It needs more
      skipped after <time>
        the emulator has no RWX volumes

    1 passed, 0 failed, 1 skipped
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>
    Page: out/report.html"
  `);
  expect(run.report?.scenarios[1]).toMatchObject({ state: 'skipped', reason: 'the emulator has no RWX volumes' });
});

test('a finding is told apart from pass and fail', async () => {
  const finding = { title: 'The manual is wrong', detail: 'It says A,\nand it is B', link: 'https://longhorn.invalid/1' };
  const run = await runSuite({
    'one.e2e.ts': `scenario('It finds', {}, async ({ finds }) => finds(${JSON.stringify(finding)}));`,
  });
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toMatchInlineSnapshot(`
    "1 scenario, provider lab, Longhorn: emulator
    Booting three nodes ...
    Booting three nodes: <time>
    Corral run <run>, provider lab
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn

    It finds
      · on https://cluster.invalid (context inline), Kubernetes v1.99.0
      passed in <time>
      finding: The manual is wrong
        It says A,
        and it is B
        https://longhorn.invalid/1

    1 passed, 0 failed
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>
    Page: out/report.html"
  `);
  expect(run.report?.scenarios[0]?.findings).toEqual([finding]);
});

test('a clean-up that fails makes the scenario fail, beside its own reason', async () => {
  const run = await runSuite(
    {
      'one.e2e.ts': `const broken = () => {
  throw Object.assign(new Error('the volume is still there'), { verdict: {} });
};
scenario('It leaves something behind', {}, async ({ later }) => later(broken));
scenario('It is red and leaves something behind', {}, async ({ does, later }) => {
  later(broken);
  await does('Then it breaks', () => {
    throw Object.assign(new Error('expected a thing'), { verdict: {} });
  });
});`,
    },
    { flags },
  );
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toMatchInlineSnapshot(`
    "2 scenarios, provider lab, Longhorn: emulator
    Booting three nodes ...
    Booting three nodes: <time>
    Corral run <run>, provider lab
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn

    It leaves something behind
      · on https://cluster.invalid (context inline), Kubernetes v1.99.0
      stopped outside of its steps
        the volume is still there

        Points to: not clear
          no expectation was broken and the cluster shows no trouble: read the reason

        Evidence:
          out/evidence/it-leaves-something-behind/
          out/evidence/it-leaves-something-behind.tar.gz
      FAILED after <time>
        the clean-up failed: (told above)

    It is red and leaves something behind
      ✗ Then it breaks (<time>)
      stopped at: Then it breaks
        expected a thing

        Points to: not clear
          no expectation was broken and the cluster shows no trouble: read the reason

        Evidence:
          out/evidence/it-is-red-and-leaves-something-behind/
          out/evidence/it-is-red-and-leaves-something-behind.tar.gz
      FAILED after <time>
        (told above)

        the clean-up failed: the volume is still there

    Did not pass:
      ✗ It leaves something behind
        the clean-up failed: the volume is still there
        out/evidence/it-leaves-something-behind
      ✗ It is red and leaves something behind
        Then it breaks
        out/evidence/it-is-red-and-leaves-something-behind

    0 passed, 2 failed
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>
    Page: out/report.html"
  `);
});

test('a scenario whose time is up says what it was at, and cleans up', async () => {
  const run = await runSuite({
    'one.e2e.ts': `scenario('It takes too long', { timeout: '300ms' }, async ({ does, later }) => {
  later(() => does('Clean-up'));
  await does('When nothing comes', (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));
});`,
  });
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toMatchInlineSnapshot(`
    "1 scenario, provider lab, Longhorn: emulator
    Booting three nodes ...
    Booting three nodes: <time>
    Corral run <run>, provider lab
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn

    It takes too long
      · on https://cluster.invalid (context inline), Kubernetes v1.99.0
      ✗ When nothing comes (<time>)
      stopped at: When nothing comes
        the scenario took longer than its <time>; it was at: When nothing comes

        Points to: not clear
          no expectation was broken and the cluster shows no trouble: read the reason

        Evidence:
          out/evidence/it-takes-too-long/
          out/evidence/it-takes-too-long.tar.gz
      ✓ Clean-up (<time>)
      FAILED after <time> (told above)

    0 passed, 1 failed
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>
    Page: out/report.html"
  `);
});

test('an error outside the scenarios makes the run fail', async () => {
  const run = await runSuite({
    'one.e2e.ts': `scenario('It is green beside a stray error', {}, async () => {
  setTimeout(() => {
    throw new Error('nobody waited for this');
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
});`,
  });
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toMatchInlineSnapshot(`
    "1 scenario, provider lab, Longhorn: emulator
    Booting three nodes ...
    Booting three nodes: <time>
    Corral run <run>, provider lab
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn

    It is green beside a stray error
      · on https://cluster.invalid (context inline), Kubernetes v1.99.0
      passed in <time>

    Nothing fails outside the scenarios
      FAILED after <time>
        Error: nobody waited for this
            at Timeout._onTimeout (<suite>/one.e2e.ts:<line>
            at listOnTimeout (node:internal/timers:<line>
            at process.processTimers (node:internal/timers:<line>

    Did not pass:
      ✗ Nothing fails outside the scenarios
        Error: nobody waited for this

    1 passed, 1 failed
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>
    Page: out/report.html"
  `);
});

test('a failure that others brought about is not provable, and told with what failed; one that leaves by itself is not asked about', async () => {
  const run = await runSuite(
    {
      'excused.e2e.ts': `scenario('One has stood beside a crash', {}, async ({ does, excuses }) => {
  excuses('something else ended meanwhile');
  await does('Then it works', () => { throw new Error('it does not'); });
});
scenario('One leaves', {}, async ({ excuses, skip }) => {
  excuses('something else ended meanwhile');
  skip('not here');
});
`,
    },
    { flags },
  );
  expect(run.exitCode).toBe(1);
  expect(run.report?.scenarios).toMatchObject([
    {
      name: 'One has stood beside a crash',
      state: 'not-provable',
      reason: expect.stringMatching(/^something else ended meanwhile\n[\s\S]*it does not/),
    },
    { name: 'One leaves', state: 'skipped', reason: 'not here' },
  ]);
});
