import { describe, expect, test } from 'vitest';
import { tags } from '../../e2e/suite/tags.ts';
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
    ['--verbose --json', '--verbose and --json exclude each other: --json tells every event already'],
    ['--provider minikube', '--provider minikube is unknown: use --provider lab, or leave it out'],
    [
      '--longhorn v1.12.1',
      '--longhorn v1.12.1 is unknown: use --longhorn emulator or --longhorn official[:VERSION] or --longhorn archive:DIR, or leave it out',
    ],
    [
      '--longhorn official:1.12',
      '--longhorn official:1.12: give a release by all its numbers, as official:v1.12.1, or official:master-head',
    ],
    ['--longhorn official:', '--longhorn official:: give a release by all its numbers, as official:v1.12.1, or official:master-head'],
    [
      '--longhorn official:latest',
      '--longhorn official:latest: give a release by all its numbers, as official:v1.12.1, or official:master-head',
    ],
    [
      '--longhorn official:v1.7.3',
      '--longhorn official:v1.7.3: the scenarios can be played from v1.8.0 on, and it is older: name a newer one',
    ],
    [
      '--longhorn archive',
      '--longhorn archive is unknown: use --longhorn emulator or --longhorn official[:VERSION] or --longhorn archive:DIR, or leave it out',
    ],
    [
      '--longhorn official --registry-mirror registry.example',
      '--registry-mirror registry.example: give the URL of a registry, as https://registry.example or http://127.0.0.1:5000',
    ],
    [
      '--longhorn official --registry-mirror ftp://127.0.0.1',
      '--registry-mirror ftp://127.0.0.1: give the URL of a registry, as https://registry.example or http://127.0.0.1:5000',
    ],
    [
      '--longhorn official --registry-mirror http://10.0.0.1:5000',
      '--registry-mirror http://10.0.0.1:5000: a mirror on another machine is read by https only: what comes by http anybody on the way could change',
    ],
    [
      '--longhorn official --registry-mirror https://me:sesame@registry.example',
      '--registry-mirror has a name or a password in it: name a mirror that lets everybody read, by its URL alone',
    ],
    [
      '--registry-mirror https://registry.example',
      '--registry-mirror https://registry.example is for the images of a release: add --longhorn official or --longhorn archive:DIR, or leave it out',
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
    ['--workers 0', '--workers 0: give a whole number from 1 on, or leave it out'],
    ['--workers all', '--workers all: give a whole number from 1 on, or leave it out'],
    ['--repeat 2.5', '--repeat 2.5: give a whole number from 1 on, or leave it out'],
    ['--repeat -1', '--repeat -1: give a whole number from 1 on, or leave it out'],
    ['--out one.e2e.ts', '--out one.e2e.ts is a file: name a folder, or a new one'],
    ['--tags slow', `--tags slow: there is no tag "slow"; there are: ${tags.map(({ name }) => name).join(', ')}`],
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
      --provider <name>        where the cluster comes from: lab (default: "lab")
      --longhorn <which>       the Longhorn under test: emulator (the default),
                               official[:VERSION], a release as it is published (the
                               newest one known; or v1.8.2, master-head), or
                               archive:DIR, one from its manifest and image archives
      --registry-mirror <url>  official, archive:DIR: the registry to pull images
                               from that DIR does not have (https, or http on this
                               machine)
      --kubeconfig <file>      existing: the file that names the cluster
      --context <name>         existing: the context of that file
      --expect-cluster <uid>   existing: the UID that its namespace kube-system must
                               have
      --store-image <image>    existing: an image for the backup store's pod, which
                               the cluster can pull
      --namespace <name>       existing: a namespace that is there, for all backup
                               stores (by default each gets one of its own)
      --allow <list>           existing: what scenarios may do that others could
                               feel, with commas: manager-kill, process-hold,
                               manager-mount, store-stall, admission-policy,
                               settings, default-target, node-fault
      --keep                   leave the cluster up (unless interrupted) and print
                               how to reach it
      --only <pattern>         only the scenarios whose name matches this regular
                               expression
      --tags <expression>      only the scenarios with these tags: 'a && !b', 'a or
                               b'
      --shard <i/n>            only the i-th of n parts of the scenarios, which take
                               about equally long: 2/8
      --workers <n>            how many scenarios are played at once: 1 plays one
                               after the other (default: as many as the cluster
                               bears)
      --repeat <n>             plays the chosen scenarios n times in a row on the
                               one cluster (default: "1")
      --out <dir>              where report.json and junit.xml go (default:
                               ".corral/last")
      --support-bundle         where a scenario does not pass, keep Longhorn's own
                               support bundle, in which nothing is redacted
      --verbose                also tell each state that is awaited, each fault with
                               its proof, and each step when it begins
      --json                   tell an event a line, as JSON, and nothing else on
                               stdout
      -h, --help               display help for command"
  `);
});

test('--support-bundle gets to the scenarios, and is off where it is not given', async () => {
  const told = `scenario('It is told', {}, async ({ does }) => does('Given ' + JSON.parse(process.env.CORRAL_CONFIG).supportBundle));`;
  for (const [flags, sentence] of [
    [['--support-bundle'], 'Given true'],
    [[], 'Given false'],
  ] as const) {
    const ended = await runSuite({ 'told.e2e.ts': told }, { flags: [...flags] });
    expect(ended.report?.scenarios[0]?.steps.map((each) => each.sentence)).toContain(sentence);
  }
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
    The scenarios again: CORRAL_CONFIG='{"kubeconfig":"/nowhere/kubeconfig","context":"inline","provider":"lab","target":{"name":"emulator","version":"0.0.0"},"storeImage":"store:inline","allow":[],"without":[]}' npx vitest run --project e2e
    Page: out/report.html"
  `);
});

test('a file that does not load is told before anything is started', async () => {
  const ended = await runSuite({ 'broken.e2e.ts': `throw new Error('no such export');` });
  expect(ended).toMatchObject({ exitCode: 3, stdout: '', stderr: 'e2e: broken.e2e.ts does not load: no such export' });
});

test('a tag that is not declared is told before anything is started', async () => {
  const ended = await runSuite({ 'odd.e2e.ts': `scenario('Odd', { tags: ['odd'] }, async () => {});` });
  expect(ended).toMatchObject({ exitCode: 3, stdout: '' });
  const known = tags.map(({ name, description }) => `- ${name}: ${description}`).join(' ');
  expect(ended.stderr).toBe(
    `e2e: odd.e2e.ts does not load: The tag "odd" is not defined in the configuration. Available tags are: ${known}`,
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
      Judged: the Longhorn that the cluster has; its version was not told to this run

      Three is green
        · on https://cluster.invalid (context inline), Kubernetes v1.99.0
        ✓ Given a thing (<time>)
        passed in <time>

      1 passed, 0 failed
      Judged: the Longhorn that the cluster has; its version was not told to this run
      Report: out/report.json (<time>)"
    `);
    expect(ended.report).toMatchObject({ provider: 'existing', target: { name: 'installed', version: null }, totals: { passed: 1 } });
  });

  test('without a cluster named, one line', async () => {
    const ended = await vitest({});
    expect(ended).toMatchObject({ exitCode: 3, stdout: '', report: undefined });
    expect(ended.stderr).toMatchInlineSnapshot(
      `"e2e: CORRAL_KUBECONFIG is not set: name a kubeconfig file, or let \`npm run e2e\` bring a cluster; CORRAL_STORE_IMAGE is not set: name an image with nfs-ganesha, e2fsprogs and bash, which the cluster can pull"`,
    );
  });
});
