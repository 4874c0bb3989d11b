import { describe, expect, test } from 'vitest';
import { leastEnvironment, runBare, runSuite, withSuite } from '../support/run-suite.ts';

const suite = {
  'one.e2e.ts': `scenario('One is green', { tags: ['held'] }, async ({ does }) => does('Given a thing'));
scenario('Two is green', { tags: ['free-running'] }, async ({ does }) => does('Given a thing'));
`,
  'three.e2e.ts': `scenario('Three is green', {}, async ({ does }) => does('Given a thing'));`,
};

const expectUsage = async (flags: string[], line: string) => {
  const ended = await runSuite(suite, { flags });
  expect(ended).toEqual({ exitCode: 2, stdout: '', stderr: `e2e: ${line}`, report: undefined });
};

describe('what the command does not know ends with one line, before anything is started', () => {
  test.concurrent.each([
    ['--provder lab', "unknown option '--provder' (Did you mean --provider?): see npm run e2e -- --help"],
    ['lab', 'too many arguments. Expected 0 arguments but got 1: lab: see npm run e2e -- --help'],
    ['--provider', "option '--provider <name>' argument missing: see npm run e2e -- --help"],
    ['--provider minikube', '--provider minikube is unknown: use --provider lab, or leave it out'],
    ['--provider kind', '--provider kind comes with a later release: use --provider lab, or leave it out'],
    ['--provider k3d', '--provider k3d comes with a later release: use --provider lab, or leave it out'],
    [
      '--provider existing --keep',
      '--provider existing comes with a later release: until then: CORRAL_KUBECONFIG=FILE CORRAL_STORE_IMAGE=IMAGE npx vitest run --project e2e',
    ],
    ['--longhorn v1.12.1', '--longhorn v1.12.1 is unknown: use --longhorn emulator or --longhorn archive:DIR, or leave it out'],
    [
      '--provider lab --longhorn official',
      '--longhorn official comes with a later release: until then: --longhorn archive:DIR, with its manifest and image archives in DIR',
    ],
    ['--longhorn archive:images', '--longhorn archive:images: there is no such folder'],
    [
      '--longhorn archive:one.e2e.ts',
      "--longhorn archive:one.e2e.ts is a file: name the folder with a release's manifest and image archives",
    ],
    ['--longhorn archive:', "--longhorn archive:: name the folder with a release's manifest and image archives behind the colon"],
    [
      '--only [',
      "--only [: Invalid regular expression: /[/: Unterminated character class: give a regular expression on the scenarios' names",
    ],
    ['--out one.e2e.ts', '--out one.e2e.ts is a file: name a folder, or a new one'],
    [
      '--tags slow',
      '--tags slow: there is no tag "slow"; there are: backup-deletion, free-running, at-once, in-error, in-retry, manager-kill, held',
    ],
    ['--tags held&&', '--tags held&&: unexpected end of expression: join tags with &&, ||, ! and parentheses'],
    [
      '--only Four',
      '--only Four chooses no scenario; there are: "One is green" (held), "Two is green" (free-running), "Three is green" (no tags)',
    ],
    [
      '--only Three --tags held',
      '--only Three with --tags held chooses no scenario; there are: "One is green" (held), "Two is green" (free-running), "Three is green" (no tags)',
    ],
  ])('%s', (flags, line) => expectUsage(flags.split(' '), line));

  test.each([
    [['--only', ''], "--only '': give a part of a scenario's name, or leave it out"],
    [['--tags', ' '], "--tags '': give an expression such as 'a && !b', or leave it out"],
    [['--provider', ''], "--provider '' is unknown: use --provider lab, or leave it out"],
    [['--out', ''], "--out '': name a folder, or leave it out"],
  ])('%j', expectUsage);
});

describe('--only and --tags choose', () => {
  test.each([
    [
      ['--only', '^T'],
      ['Two is green', 'Three is green'],
    ],
    [
      ['--tags', 'held or free-running'],
      ['One is green', 'Two is green'],
    ],
    [['--tags', '!held', '--only', 'T.o'], ['Two is green']],
  ])('%j', async (flags, names) => {
    const ended = await runSuite(suite, { flags });
    expect(ended.exitCode).toBe(0);
    expect(ended.report?.scenarios.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    expect(ended.report?.totals).toEqual({ passed: names.length, failed: 0, skipped: 0, notProvable: 0 });
  });
});

test('--help tells every flag, and starts nothing', async () => {
  const ended = await runSuite(suite, { flags: ['--help'] });
  expect(ended.exitCode).toBe(0);
  expect(ended.report).toBeUndefined();
  expect(ended.stdout).toMatchInlineSnapshot(`
    "Usage: npm run e2e -- [options]

    Brings a cluster with a Longhorn in it, plays the scenarios, and reports what
    happened.

    Options:
      --provider <name>    where the cluster comes from: lab (kind, k3d, existing:
                           comes with a later release) (default: "lab")
      --longhorn <which>   the Longhorn under test: emulator, or archive:DIR, a
                           release from its manifest and image archives (official:
                           comes with a later release) (default: "emulator")
      --keep               leave the cluster up (unless interrupted) and print how
                           to reach it
      --only <pattern>     only the scenarios whose name matches this regular
                           expression
      --tags <expression>  only the scenarios with these tags: 'a && !b', 'a or b'
      --out <dir>          where report.json goes (default: ".corral/last")
      -h, --help           display help for command"
  `);
});

test('--keep leaves the cluster up, and says how to reach it', async () => {
  const ended = await runSuite({ 'three.e2e.ts': suite['three.e2e.ts'] }, { flags: ['--keep'] });
  expect(ended.exitCode).toBe(0);
  expect(ended.stdout).toMatchInlineSnapshot(`
    "1 scenario, provider lab, Longhorn: emulator
    Booting three nodes ...
    Booting three nodes: <time>
    Corral run <run>, provider lab
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn

    Three is green
      · on https://cluster.invalid (context inline), Kubernetes v1.99.0
      ✓ Given a thing (<time>)
      passed in <time>

    1 passed, 0 failed
    Judged: the emulator 0.0.0: this run proves the suite, not Longhorn
    Report: out/report.json (<time>)
    (kept)

    The cluster is left up (--keep).
    kubectl --kubeconfig /nowhere/kubeconfig get nodes
    The scenarios again: CORRAL_KUBECONFIG=/nowhere/kubeconfig CORRAL_CONTEXT=inline CORRAL_PROVIDER=lab CORRAL_TARGET=emulator CORRAL_TARGET_VERSION=0.0.0 CORRAL_STORE_IMAGE=store:inline npx vitest run --project e2e"
  `);
});

test('a file that does not load is told before anything is started', async () => {
  const ended = await runSuite({ 'broken.e2e.ts': `throw new Error('no such export');` });
  expect(ended).toMatchObject({ exitCode: 3, stdout: '', stderr: 'e2e: broken.e2e.ts does not load: no such export' });
});

test('a tag that is not declared is told before anything is started', async () => {
  const ended = await runSuite({ 'odd.e2e.ts': `scenario('Odd', { tags: ['odd'] }, async () => {});` });
  expect(ended).toMatchObject({ exitCode: 3, stdout: '' });
  expect(ended.stderr).toMatchInlineSnapshot(
    `"e2e: odd.e2e.ts does not load: The tag "odd" is not defined in the configuration. Available tags are: - backup-deletion: backups deleted while others are made - free-running: nothing holds a moment open: the scenario takes what the cluster gives - at-once: two wishes are made in one breath, as the document has it - in-error: what happens while a deletion has failed and is not tried again yet - in-retry: what happens while a deletion that failed is tried again - manager-kill: kills longhorn-manager pods - held: a fault holds the moment open that the scenario is about"`,
  );
});

describe('the scenarios without the command', () => {
  const vitest = (env: Record<string, string>) =>
    withSuite({ 'three.e2e.ts': suite['three.e2e.ts'] }, ({ folder, config }) => runBare(folder, config, { env }));

  test('vitest plays them on the cluster that is named, and writes the same report', async () => {
    const ended = await vitest(leastEnvironment);
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ended.stdout).toMatchInlineSnapshot(`
      "Corral run <run>, provider existing
      Judged: the Longhorn found in the cluster (official); its version was not told to this run

      Three is green
        · on https://cluster.invalid (context inline), Kubernetes v1.99.0
        ✓ Given a thing (<time>)
        passed in <time>

      1 passed, 0 failed
      Judged: the Longhorn found in the cluster (official); its version was not told to this run
      Report: out/report.json (<time>)"
    `);
    expect(ended.report).toMatchObject({ provider: 'existing', target: { name: 'official', version: null }, totals: { passed: 1 } });
  });

  test('without a cluster named, one line', async () => {
    const ended = await vitest({});
    expect(ended).toMatchObject({ exitCode: 3, stdout: '', report: undefined });
    expect(ended.stderr).toMatchInlineSnapshot(
      `"e2e: CORRAL_KUBECONFIG is not set: name a kubeconfig file, or let \`npm run e2e\` bring a cluster; CORRAL_STORE_IMAGE is not set: name an image with nfs-ganesha, e2fsprogs and bash, which the cluster can pull"`,
    );
  });
});
