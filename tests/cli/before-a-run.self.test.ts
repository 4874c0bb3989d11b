import { expect, test } from 'vitest';
import { runSuite, suiteOf } from '../support/run-suite.ts';

const suite = suiteOf('before-a-run');

const plan = [
  '4 scenarios, provider lab, Longhorn: emulator',
  '1 of them will run, 3 skipped:',
  '  2: kills longhorn-manager pods: not without --allow manager-kill',
  '  1: needs the lab (its nodes can be made to fail)',
  'scenarios for Longhorn >=1.8 are skipped on other versions',
];

test('a run says before it starts what it will run, and why not the rest, and the report agrees', async () => {
  const { stdout, report } = await runSuite(suite);
  expect(stdout.split('\n').slice(0, 6)).toEqual([...plan, 'Booting three nodes ...']);
  expect(report?.totals).toEqual({ passed: 1, knownBugs: 0, failed: 0, skipped: 3, notProvable: 0 });
  const reasons = report?.scenarios.flatMap(({ reason }) => (reason === null ? [] : [`  : ${reason}`])) ?? [];
  expect(new Set(reasons)).toEqual(new Set(plan.slice(2, 4).map((line) => line.replace(/\d/, ''))));
});

test('--list prints the chosen scenarios, for people and for programs, and starts nothing', async () => {
  const ended = await runSuite(suite, { how: 'dies', flags: ['--list', '--only', 'crashes'] });
  expect(ended).toMatchObject({ exitCode: 0, stderr: '', report: undefined });
  expect(ended.stdout).toMatchInlineSnapshot(`
    "a.e2e.ts
      It crashes a node
        time not known yet; no tags
        needs lab
        on Longhorn >=1.9
        skipped: needs the lab (its nodes can be made to fail)
    1 scenario, provider lab, Longhorn: emulator; time not known yet
    none of them will run, 1 skipped:
      1: needs the lab (its nodes can be made to fail)
    Nothing was started, and no cluster was looked at (--list)."
  `);
  const { stdout } = await runSuite(suite, {
    how: 'dies',
    flags: ['--list', '--output', 'json', '--only', 'It kills$'],
  });
  expect(JSON.parse(stdout)).toEqual([
    {
      ...{ name: 'It kills', file: 'a.e2e.ts', seed: null, tags: [], needs: [], longhorn: '*', store: 'nfs' },
      ...{ exclusive: ['longhorn-managers'], disruptions: ['manager-kill'], expected: null },
      skipped: 'kills longhorn-manager pods: not without --allow manager-kill',
    },
  ]);
});
