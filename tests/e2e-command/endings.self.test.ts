import { expect, test } from 'vitest';
import { runSuite } from '../support/run-suite.ts';

const green = `scenario('One is green', { seed: 'manual#one', tags: ['held'] }, async ({ does, note }) => {
  await does('Given a thing');
  note('by the way');
});
`;

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
    Taking the cluster down: <time>"
  `);
  expect(run.report).toMatchInlineSnapshot(
    {
      run: expect.stringMatching(/^[a-z0-9]{6}$/),
      startedAt: expect.any(String),
      duration: expect.any(Number),
      scenarios: [{ duration: expect.any(Number), steps: [{ duration: expect.any(Number) }, {}] }],
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
          "duration": Any<Number>,
          "file": "one.e2e.ts",
          "findings": [],
          "name": "One is green",
          "reason": null,
          "seed": "manual#one",
          "state": "passed",
          "steps": [
            {
              "duration": Any<Number>,
              "sentence": "Given a thing",
              "state": "passed",
            },
            {
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
  const run = await runSuite({
    'one.e2e.ts': `scenario('Two is red', {}, async ({ does }) => {
  await does('Given a thing');
  await does('Then it breaks', () => {
    throw new Error('expected a thing\\nand got another', { cause: new Error('the thing is gone') });
  });
});
${green}`,
  });
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
      FAILED after <time>
        expected a thing
        and got another
            at <suite>/one.e2e.ts:<line>
            at does (<root>/tests/support/inline-scenario.ts:<line>
            at <suite>/one.e2e.ts:<line>
        because of the thing is gone
            at <suite>/one.e2e.ts:<line>
            at does (<root>/tests/support/inline-scenario.ts:<line>
            at <suite>/one.e2e.ts:<line>

    One is green
      ✓ Given a thing (<time>)
      · by the way
      passed in <time>

    1 passed, 1 failed
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>"
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
      FAILED after <time>
        expected: Pending
          got: Completed

    0 passed, 1 failed
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>"
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
      NOT PROVABLE after <time>
        the watch lost <time>

    0 passed, 1 failed
    1 of the failed not provable: the watch has a gap where it matters
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>"
  `);
  expect(run.report?.scenarios[0]?.state).toBe('not-provable');
  expect(run.report?.totals).toEqual({ passed: 0, failed: 0, skipped: 0, notProvable: 1 });
});

test('skipped with its reason', async () => {
  const run = await runSuite({
    'one.e2e.ts': `${green}scenario('It needs more', {}, async ({ skip }) => skip('the emulator has no RWX volumes'));`,
  });
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
    Taking the cluster down: <time>"
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
    Taking the cluster down: <time>"
  `);
  expect(run.report?.scenarios[0]?.findings).toEqual([finding]);
});

test('a clean-up that fails makes the scenario fail, beside its own reason', async () => {
  const run = await runSuite({
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
  });
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toMatchInlineSnapshot(`
    "2 scenarios, provider lab, Longhorn: emulator
    Booting three nodes ...
    Booting three nodes: <time>
    Corral run <run>, provider lab
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn

    It leaves something behind
      · on https://cluster.invalid (context inline), Kubernetes v1.99.0
      FAILED after <time>
        the clean-up failed: the volume is still there

    It is red and leaves something behind
      ✗ Then it breaks (<time>)
      FAILED after <time>
        expected a thing

        the clean-up failed: the volume is still there

    0 passed, 2 failed
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>"
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
      ✓ Clean-up (<time>)
      FAILED after <time>
        the scenario took longer than its <time>; it was at: When nothing comes

    0 passed, 1 failed
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>"
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

    1 passed, 1 failed
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    Taking the cluster down ...
    Taking the cluster down: <time>"
  `);
});
