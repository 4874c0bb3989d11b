import { expect, test } from 'vitest';
import { tags } from '../../e2e/suite/tags.ts';
import { leastEnvironment, runBare, runSuite, suiteOf, withSuite } from '../support/run-suite.ts';

const suite = suiteOf('usage');

// What can be said of the flags alone is in tests/safety/bad-inputs.test.ts: these are the scenarios' files
// to judge.
test.each([
  [
    '--tags quick',
    `--tags quick: there is no tag "quick"; there are: ${tags.map(({ name }) => name).join(', ')}`,
  ],
  [
    '--only Three --tags held',
    '--only Three with --tags held: none of the 3 scenarios matches; npx corral e2e --list --all lists them',
  ],
])('%s ends with one line, before anything is started', async (flags, line) => {
  const ended = await runSuite(suite, { flags: flags.split(' ') });
  expect(ended).toEqual({ exitCode: 2, stdout: '', stderr: `e2e: ${line}`, report: undefined });
});

test('--only and --tags choose; --keep leaves the cluster up, and says how to reach it', async () => {
  const chosen = ['--tags', '!held or free-running', '--only', '^T.o'];
  const ended = await runSuite(suite, { flags: [...chosen, '--keep'] });
  expect(ended.exitCode).toBe(0);
  expect(ended.report?.scenarios.map(({ name }) => name)).toEqual(['Two is green']);
  expect(ended.report?.totals).toEqual({ passed: 1, knownBugs: 0, failed: 0, skipped: 0, notProvable: 0 });
  const kept = ended.stdout.slice(ended.stdout.indexOf('(kept)')).split('\n');
  expect(kept).toEqual([
    '(kept)',
    '',
    'The cluster is left up (--keep).',
    'kubectl --kubeconfig /nowhere/kubeconfig get nodes',
    expect.stringMatching(
      /^The scenarios again: CORRAL_CONFIG='\{"kubeconfig":.*\}' npx vitest run --project e2e$/,
    ),
    'Page: out/report.html',
  ]);
});

test.each([
  ["throw new Error('no such export');", 'no such export'],
  [
    "scenario('Odd', { tags: ['odd'] }, async () => {});",
    `The tag "odd" is not defined in the configuration. Available tags are: ${tags.map(({ name, description }) => `- ${name}: ${description}`).join(' ')}`,
  ],
])('a file that does not load is reported before anything is started: %s', async (text, why) => {
  const stderr = `e2e: odd.e2e.ts does not load: ${why}`;
  expect(await runSuite({ 'odd.e2e.ts': text })).toMatchObject({ exitCode: 3, stdout: '', stderr });
});

test('vitest runs them without the command on the cluster that is named, and writes the same report', async () => {
  const ended = await withSuite(suite, ({ folder, config }) =>
    runBare(folder, config, { env: leastEnvironment }),
  );
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.stdout).toContain(
    'Judged: the Longhorn that the cluster has; its version is not known to this run\n  · on https://cluster.invalid',
  );
  const target = { name: 'installed', version: null };
  expect(ended.report).toMatchObject({ provider: 'existing', target, totals: { passed: 3 } });
});
