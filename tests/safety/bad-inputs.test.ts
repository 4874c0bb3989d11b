import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runMutantsCommand } from '../../bench/mutants/command.ts';
import { refuseLostFlags } from '../../e2e/cli/arguments/flags.ts';
import { runCleanupCommand } from '../../e2e/cli/cleanup.ts';
import { runDoctorCommand } from '../../e2e/cli/doctor.ts';
import { runHealCommand } from '../../e2e/cli/heal.ts';
import { runMergeReportsCommand } from '../../e2e/cli/merge-reports.ts';
import { runRbacCommand } from '../../e2e/cli/rbac.ts';
import { runReplayCommand } from '../../e2e/cli/replay.ts';
import { runCommand } from '../../e2e/cli/run-command.ts';
import { runStoreCommand } from '../../e2e/cli/store/run.ts';
import { runTraceabilityCommand } from '../../e2e/cli/traceability.ts';
import { mutants } from '../../emulator/mutants.ts';
import { runLabCommand } from '../../lab/command/run.ts';
import { diagnose, tell } from '../../providers/doctor/diagnose.ts';
import { emulatorSettings } from '../../providers/emulator-settings.ts';
import { existing } from '../../providers/existing/existing.ts';
import { providers } from '../../providers/index.ts';
import { archiveTarget } from '../../providers/longhorn/target.ts';
import { plainProgress } from '../../providers/progress.ts';
import { asCommand, captured } from '../support/run-in-process.ts';
import { writeBadFiles } from './support/bad-files.ts';

let dir: string;
const home = process.cwd();
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corral-bad-'));
  await writeBadFiles(dir);
  await mkdir(join(dir, '.corral/last'), { recursive: true });
  await writeFile(join(dir, '.corral/last/report.json'), 'of an earlier run');
  process.env.XDG_CACHE_HOME = join(dir, 'cache');
  process.chdir(dir);
});
afterAll(async () => {
  process.chdir(home);
  await rm(dir, { recursive: true });
});

const none = () => Promise.reject(new Error('a cluster was brought up'));
const progress = plainProgress(() => {});
const signal = new AbortController().signal;
const uid = '11111111-2222-3333-4444-555555555555';

const commands: Record<string, (argv: string[]) => number | Promise<number>> = {
  e2e: (argv) =>
    runCommand({ argv, config: '/nowhere', providers: { lab: none, kind: none, k3d: none, existing: none } }),
  heal: runHealCommand,
  cleanup: runCleanupCommand,
  rbac: runRbacCommand,
  'merge-reports': runMergeReportsCommand,
  store: runStoreCommand,
  lab: (argv) => runLabCommand(argv, { step: progress.step, check: refuseLostFlags }),
  mutants: (argv) => runMutantsCommand({ argv, config: '/nowhere', progress }),
  doctor: (argv) => runDoctorCommand(argv, { providers: Object.keys(providers), diagnose, tell }),
  traceability: runTraceabilityCommand,
  replay: runReplayCommand,
  // As far as it looks before it makes anything; one argument each.
  existing: ([file = '']) => {
    const cluster = {
      kubeconfig: join('kube', file),
      context: 'x',
      expectCluster: uid,
      storeImage: 'i',
      namespace: undefined,
      allow: [],
    };
    return asCommand(() =>
      existing.up({ longhorn: 'installed', run: 'abc123', existing: cluster, signal, progress }),
    );
  },
  archive: ([folder = '']) =>
    asCommand(() =>
      archiveTarget(join('release', folder), { registryMirror: undefined, portable: false, progress }),
    ),
  settings: ([variable = '']) => {
    const [name = '', value] = variable.split('=');
    return asCommand(async () => emulatorSettings({ [name]: value }));
  },
};

// Whose lines they are, where the command is not the one that was called.
const speaker: Record<string, string> = { existing: 'e2e', archive: 'e2e', settings: 'e2e' };

/**
 * What was asked for, the exit code, and the line. A word in quotes is empty: ''. A line that ends with an
 * ellipsis goes on with a list, or a digest.
 */
type Row = [asked: string, code: number, line: string];

// What heal adds to it.
const nameIt = "name the run's folder of results (--out DIR), or give the run's id (--run ID)";
const seeThat = ": see that it is up, and that the kubeconfig is of the run's cluster";
const noAnswer = `the cluster was not looked at: GET /version at https://127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9${seeThat}`;

const table: Record<string, Row[]> = {
  e2e: [
    ['lab', 2, 'too many arguments. Expected 0 arguments but got 1: lab: see npm run e2e -- --help'],
    ['--provder lab', 2, "unknown option '--provder' (Did you mean --provider?): see npm run e2e -- --help"],
    ['--verbose --json', 2, '--verbose and --json exclude each other: --json tells every event already'],
    [
      '--provider minikube',
      2,
      '--provider minikube is unknown: use --provider lab or --provider kind or --provider k3d or --provider existing, or leave it out',
    ],
    [
      "--provider ''",
      2,
      "--provider '' is unknown: use --provider lab or --provider kind or --provider k3d or --provider existing, or leave it out",
    ],
    [
      '--longhorn official:latest',
      2,
      '--longhorn official:latest: give a release by all its numbers, as official:v1.12.1, or official:master-head',
    ],
    ['--longhorn archive:nowhere', 2, '--longhorn archive:nowhere: there is no such folder'],
    [
      '--longhorn archive:file',
      2,
      "--longhorn archive:file is a file: name the folder with a release's manifest and image archives",
    ],
    [
      '--longhorn archive:',
      2,
      "--longhorn archive:: name the folder with a release's manifest and image archives behind the colon",
    ],
    [
      '--longhorn archive',
      2,
      '--longhorn archive is unknown: use --longhorn emulator or --longhorn official[:VERSION] or --longhorn archive:DIR, or leave it out',
    ],
    ["--only ''", 2, "--only '': give a part of a scenario's name, or leave it out"],
    ["--tags ''", 2, "--tags '': give an expression such as 'a && !b', or leave it out"],
    ["--out ''", 2, "--out '': name a folder, or leave it out"],
    ['--shard a/b', 2, '--shard a/b: give which part of how many, such as 2/8, from 1/8 to 8/8'],
    ['--workers 0', 2, '--workers 0: give a whole number from 1 on, or leave it out'],
    ['--workers all', 2, '--workers all: give a whole number from 1 on, or leave it out'],
    ['--repeat 2.5', 2, '--repeat 2.5: give a whole number from 1 on, or leave it out'],
    [
      "--longhorn ''",
      2,
      "--longhorn '' is unknown: use --longhorn emulator or --longhorn official[:VERSION] or --longhorn archive:DIR, or leave it out",
    ],
    [
      '--longhorn official:',
      2,
      '--longhorn official:: give a release by all its numbers, as official:v1.12.1, or official:master-head',
    ],
    [
      '--longhorn official:1.7.2',
      2,
      '--longhorn official:1.7.2: the scenarios can be played from v1.8.0 on, and it is older: name a newer one',
    ],
    [
      '--longhorn official:v1.12',
      2,
      '--longhorn official:v1.12: give a release by all its numbers, as official:v1.12.1, or official:master-head',
    ],
    [
      '--longhorn official:^1.9',
      2,
      '--longhorn official:^1.9: give a release by all its numbers, as official:v1.12.1, or official:master-head',
    ],
    [
      '--longhorn helm:v1.12.1',
      2,
      '--longhorn helm:v1.12.1 is unknown: use --longhorn emulator or --longhorn official[:VERSION] or --longhorn archive:DIR, or leave it out',
    ],
    [
      "--longhorn official --registry-mirror ''",
      2,
      "--registry-mirror '': give the URL of a registry, as https://registry.example or http://127.0.0.1:5000",
    ],
    [
      '--longhorn official --registry-mirror ftp://mirror.example',
      2,
      '--registry-mirror ftp://mirror.example: give the URL of a registry, as https://registry.example or http://127.0.0.1:5000',
    ],
    [
      '--longhorn official --registry-mirror http://mirror.example',
      2,
      '--registry-mirror http://mirror.example: a mirror on another machine is read by https only: what comes by http anybody on the way could change',
    ],
    [
      '--longhorn official --registry-mirror https://me:planted-secret@mirror.example',
      2,
      '--registry-mirror has a name or a password in it: name a mirror that lets everybody read, by its URL alone',
    ],
    [
      '--longhorn official --registry-mirror https://mirror.example?token=planted-secret',
      2,
      '--registry-mirror https://mirror.example?token=[redacted: secret in a URL] give the URL of a registry, as https://registry.example or http://127.0.0.1:5000',
    ],
    [
      '--longhorn official --registry-mirror mirror.example:5000',
      2,
      '--registry-mirror mirror.example:5000: give the URL of a registry, as https://registry.example or http://127.0.0.1:5000',
    ],
    [
      '--registry-mirror https://mirror.example',
      2,
      '--registry-mirror https://mirror.example is for the images of a release: add --longhorn official or --longhorn archive:DIR, or leave it out',
    ],
    // Vitest's own reader of these never comes to an end.
    ['--tags ui&ui', 2, '--tags ui&ui: unexpected "&": join tags with &&, ||, ! and parentheses'],
    ['--tags ui&&&', 2, '--tags ui&&&: unexpected "&": join tags with &&, ||, ! and parentheses'],
    ['--tags ui|||ui', 2, '--tags ui|||ui: unexpected "|": join tags with &&, ||, ! and parentheses'],
    ['--tags (ui||ui)|ui', 2, '--tags (ui||ui)|ui: unexpected "|": join tags with &&, ||, ! and parentheses'],
    ['--shard 0/8', 2, '--shard 0/8: give which part of how many, such as 2/8, from 1/8 to 8/8'],
    ['--shard 9/8', 2, '--shard 9/8: give which part of how many, such as 2/8, from 1/8 to 8/8'],
    ['--shard 2', 2, '--shard 2: give which part of how many, such as 2/8, from 1/8 to 8/8'],
    ["--shard ''", 2, "--shard '': give which part of how many, such as 2/8, from 1/8 to 8/8"],
    ['--shard 2/8/1', 2, '--shard 2/8/1: give which part of how many, such as 2/8, from 1/8 to 8/8'],
    ["--workers ''", 2, "--workers '': give a whole number from 1 on, or leave it out"],
    ['--workers 1e3', 2, '--workers 1e3: give a whole number from 1 on, or leave it out'],
    ['--workers 1000000', 2, '--workers 1000000: give a whole number from 1 on, or leave it out'],
    ['--workers -1', 2, '--workers -1: give a whole number from 1 on, or leave it out'],
    ['--repeat 0', 2, '--repeat 0: give a whole number from 1 on, or leave it out'],
    ['--repeat 1,5', 2, '--repeat 1,5: give a whole number from 1 on, or leave it out'],
    [
      '--provider existing --kubeconfig kube/refused --context x --store-image i --allow all',
      2,
      "--allow all: there is no disruption 'all'; there are: manager-kill, process-hold, manager-mount, store-stall, admission-policy, settings, default-target, node-fault",
    ],
    [
      "--provider existing --kubeconfig kube/refused --context x --store-image i --allow ''",
      2,
      "--allow : there is no disruption ''; there are: manager-kill, process-hold, manager-mount, store-stall, admission-policy, settings, default-target, node-fault",
    ],
    [
      '--provider existing --kubeconfig kube/refused --context x --store-image i --allow manager-kill,,settings',
      2,
      "--allow manager-kill,,settings: there is no disruption ''; there are: …",
    ],
    [
      '--allow settings',
      2,
      '--allow is for a cluster that is there already: add --provider existing, or leave it out',
    ],
    [
      '--provider existing --kubeconfig kube/refused --context x --store-image i --expect-cluster abc',
      2,
      '--expect-cluster abc: give the UID of the namespace kube-system (kubectl get namespace kube-system -o jsonpath={.metadata.uid})',
    ],
    [
      "--provider existing --kubeconfig kube/refused --context x --store-image i --expect-cluster ''",
      2,
      "--expect-cluster '': give the UID of the namespace kube-system (kubectl get namespace kube-system -o jsonpath={.metadata.uid})",
    ],
    [
      '--provider existing --kubeconfig kube/refused --context x --store-image i --expect-cluster 11111111-2222-3333-4444-555555555555x',
      2,
      '--expect-cluster 11111111-2222-3333-4444-555555555555x: give the UID of the namespace kube-system (kubectl get namespace kube-system -o jsonpath={.metadata.uid})',
    ],
    [
      '--expect-cluster 11111111-2222-3333-4444-555555555555',
      2,
      '--expect-cluster is for a cluster that is there already: add --provider existing, or leave it out',
    ],
    [
      '--provider existing --kubeconfig kube --context x --store-image i',
      2,
      '--kubeconfig kube is a folder: name the file',
    ],
    [
      '--provider existing --kubeconfig nowhere --context x --store-image i',
      2,
      '--kubeconfig nowhere: there is no such file',
    ],
    [
      '--provider existing --kubeconfig kube/refused --store-image i',
      2,
      "--provider existing needs --context: a cluster that is somebody's is named, never guessed",
    ],
    [
      "--provider existing --kubeconfig '' --context '' --store-image i",
      2,
      "--provider existing needs --kubeconfig, --context: a cluster that is somebody's is named, never guessed",
    ],
    [
      '--provider existing',
      2,
      "--provider existing needs --kubeconfig, --context, --store-image: a cluster that is somebody's is named, never guessed",
    ],
    [
      '--context x',
      2,
      '--context is for a cluster that is there already: add --provider existing, or leave it out',
    ],
    [
      '--provider existing --kubeconfig kube/refused --context x --store-image i --keep',
      2,
      '--keep is for a cluster that the run brings up: an existing one stays, and what the run makes in it goes: leave it out',
    ],
    [
      '--provider existing --kubeconfig kube/refused --context x --store-image i --longhorn emulator',
      2,
      '--longhorn emulator: an existing cluster is judged by the Longhorn in it: leave it out',
    ],
    [
      '--provider existing --kubeconfig kube/refused --context x --store-image i --namespace Bad_Name',
      2,
      '--namespace Bad_Name: give at most 63 of a-z, 0-9 and dashes, with no dash at either end',
    ],
    [
      "--provider existing --kubeconfig kube/refused --context x --store-image i --namespace ''",
      2,
      "--namespace '': give at most 63 of a-z, 0-9 and dashes, with no dash at either end",
    ],
    [
      '--out file/below',
      2,
      '--out file/below: nothing can be written to DIR/file: name a folder that can be',
    ],
    ['--out /dev/null', 2, '--out /dev/null is a file: name a folder, or a new one'],
    [
      '--only (',
      2,
      "--only (: Invalid regular expression: /(/: Unterminated group: give a regular expression on the scenarios' names",
    ],
    [
      '--only *',
      2,
      "--only *: Invalid regular expression: /*/: Nothing to repeat: give a regular expression on the scenarios' names",
    ],
    ['--kep', 2, "unknown option '--kep' (Did you mean --keep?): see npm run e2e -- --help"],
    ['--keep=yes', 2, "unknown option '--keep=yes': see npm run e2e -- --help"],
    ['--out', 2, "option '--out <dir>' argument missing: see npm run e2e -- --help"],
    ['--version', 2, "unknown option '--version': see npm run e2e -- --help"],
    ['--timeout 10m', 2, "unknown option '--timeout': see npm run e2e -- --help"],
  ],
  existing: [
    ['empty', 3, '--kubeconfig: cannot read the kubeconfig kube/empty: it is no kubeconfig'],
    [
      'not-yaml',
      3,
      '--kubeconfig: cannot read the kubeconfig kube/not-yaml: Flow sequence in block collection must be sufficiently indented and end with a ] at line 2, column 30',
    ],
    ['a-text', 3, '--kubeconfig: cannot read the kubeconfig kube/a-text: it is no kubeconfig'],
    ['a-list', 3, '--kubeconfig: cannot read the kubeconfig kube/a-list: it is no kubeconfig'],
    ['binary', 3, '--kubeconfig: cannot read the kubeconfig kube/binary: it is no kubeconfig'],
    ['no-contexts', 3, '--kubeconfig: the kubeconfig kube/no-contexts has no context "x" (it has: none)'],
    ['contexts-null', 3, '--kubeconfig: the kubeconfig kube/contexts-null has no context "x" (it has: none)'],
    ['contexts-text', 3, '--kubeconfig: the kubeconfig kube/contexts-text has no context "x" (it has: none)'],
    [
      'clusters-map',
      3,
      '--kubeconfig: cannot read the kubeconfig kube/clusters-map: its clusters are no list',
    ],
    ['users-text', 3, '--kubeconfig: cannot read the kubeconfig kube/users-text: its users are no list'],
    [
      'nameless-context',
      3,
      '--kubeconfig: cannot read the kubeconfig kube/nameless-context: contexts[0].name is missing',
    ],
    [
      'no-such-cluster',
      3,
      '--kubeconfig: the context "x" of the kubeconfig kube/no-such-cluster names a cluster that is not in it',
    ],
    [
      'no-such-user',
      3,
      '--kubeconfig: the context "x" of the kubeconfig kube/no-such-user names a user that is not in it',
    ],
    [
      'no-server',
      3,
      '--kubeconfig: cannot read the kubeconfig kube/no-server: clusters[0].cluster.server is missing',
    ],
    [
      'server-number',
      3,
      '--kubeconfig: cannot read the kubeconfig kube/server-number: the server of a cluster in it is no text',
    ],
    [
      'server-no-url',
      3,
      '--kubeconfig: the context "x" of the kubeconfig kube/server-no-url names a cluster whose server is no URL with https: 127.0.0.1:6443',
    ],
    [
      'server-ftp',
      3,
      '--kubeconfig: the context "x" of the kubeconfig kube/server-ftp names a cluster whose server is no URL with https: ftp://127.0.0.1',
    ],
    [
      'refused',
      3,
      'the API server https://127.0.0.1:9 (context x) cannot be reached: connect ECONNREFUSED 127.0.0.1:9: see that it runs, and that --kubeconfig and --context name it',
    ],
    [
      'no-ca-file',
      3,
      "the API server https://127.0.0.1:9 (context x) cannot be reached: ENOENT: no such file or directory, open '/nowhere/ca.crt': see that it runs, and that --kubeconfig and --context name it",
    ],
    [
      'no-key-file',
      3,
      "the API server https://127.0.0.1:9 (context x) cannot be reached: ENOENT: no such file or directory, open '/nowhere/a.crt': see that it runs, and that --kubeconfig and --context name it",
    ],
    [
      'no-token-file',
      3,
      "the API server https://127.0.0.1:9 (context x) cannot be reached: ENOENT: no such file or directory, open '/nowhere/token': see that it runs, and that --kubeconfig and --context name it",
    ],
    [
      'plugin-not-there',
      3,
      'the API server https://127.0.0.1:9 (context x) cannot be reached: spawn no-such-plugin ENOENT: see that it runs, and that --kubeconfig and --context name it',
    ],
    [
      'plugin-fails',
      3,
      'the API server https://127.0.0.1:9 (context x) cannot be reached: it cannot log in: see that it runs, and that --kubeconfig and --context name it',
    ],
    [
      'plugin-no-json',
      3,
      "the API server https://127.0.0.1:9 (context x) cannot be reached: GET /version at https://127.0.0.1:9: cannot log in: what the kubeconfig's exec plugin printed is no JSON: see that it runs, and that --kubeconfig and --context name it",
    ],
  ],
  heal: [
    ['--kubeconfig x --frob', 2, "unknown option '--frob': see npm run heal -- --help"],
    [
      '--kubeconfig kube/no-current --run abc123',
      1,
      'the kubeconfig kube/no-current names no current context, and none was given (it has: x)',
    ],
    [
      '--kubeconfig kube/not-yaml --run abc123',
      1,
      'cannot read the kubeconfig kube/not-yaml: Flow sequence in block collection must be sufficiently indented and end with a ] at line 2, column 30',
    ],
    [
      '--kubeconfig kube/plugin-fails --run abc123',
      1,
      `the cluster was not looked at: GET /version at https://127.0.0.1:9: cannot log in: it cannot log in${seeThat}`,
    ],
    [
      '--kubeconfig kube/plugin-no-json --run abc123',
      1,
      `the cluster was not looked at: GET /version at https://127.0.0.1:9: cannot log in: what the kubeconfig's exec plugin printed is no JSON${seeThat}`,
    ],
    [
      '--kubeconfig nowhere --run abc123',
      1,
      "cannot read the kubeconfig nowhere: ENOENT: no such file or directory, open 'nowhere'",
    ],
    [
      '--kubeconfig kube --run abc123',
      1,
      'cannot read the kubeconfig kube: EISDIR: illegal operation on a directory, read',
    ],
    [
      '--kubeconfig kube/refused --context nowhere --run abc123',
      1,
      'the kubeconfig kube/refused has no context "nowhere" (it has: x)',
    ],
    ['--kubeconfig', 2, "option '--kubeconfig <file>' argument missing: see npm run heal -- --help"],
    [
      '--kubeconfg kube/refused',
      2,
      "required option '--kubeconfig <file>' not specified: see npm run heal -- --help",
    ],
    [
      "--kubeconfig kube/refused --run ''",
      2,
      "option '--run <id>' argument '' is invalid. it is six characters of a-z and 0-9, as the first line of a run and its report say it: see npm run heal -- --help",
    ],
    [
      '--kubeconfig kube/refused --out ledger/not-json',
      1,
      'ledger/not-json/faults.ndjson cannot be read; it says what must be undone in a cluster, so look at it before removing it',
    ],
    [
      '--kubeconfig kube/refused --out ledger/no-entry',
      1,
      'ledger/no-entry/faults.ndjson cannot be read; it says what must be undone in a cluster, so look at it before removing it',
    ],
    [
      '--kubeconfig kube/refused --out ledger/a-list',
      1,
      'ledger/a-list/faults.ndjson cannot be read; it says what must be undone in a cluster, so look at it before removing it',
    ],
    [
      '--kubeconfig kube/refused --out ledger/unknown-kind',
      1,
      `the ledger names a kind of fault that this version does not know: moon-phase (a setting is changed)\nheal: ${noAnswer}`,
    ],
    [
      '--kubeconfig kube/refused --out ledger/other-server',
      1,
      `a setting is changed: that was done to https://192.0.2.1:6443, and this is https://127.0.0.1:9\nheal: ${noAnswer}`,
    ],
    [
      '--kubeconfig kube/refused --out ledger/folder',
      1,
      'ledger/folder/faults.ndjson cannot be read (EISDIR); it says what must be undone in a cluster',
    ],
    [
      '--kubeconfig nowhere --out not/there',
      1,
      `there is no folder not/there: ${nameIt}\nheal: cannot read the kubeconfig nowhere: ENOENT: no such file or directory, open 'nowhere'`,
    ],
    ['--kubeconfig kube/refused --out file', 1, `file is a file: ${nameIt}`],
    [
      '--kubeconfig kube/refused --out empty',
      1,
      `empty is not of a run: it holds neither faults.ndjson nor report.json: ${nameIt}`,
    ],
    [
      '--kubeconfig kube/refused --out ledger/no-run',
      1,
      "ledger/no-run does not say which run it is of, so the cluster was not looked at: give the run's id (--run ID)",
    ],
    [
      '--kubeconfig kube/refused --out ledger/bad-report',
      1,
      "ledger/bad-report/report.json cannot be read, which says what run this was: give the run's id (--run ID)",
    ],
    ['--kubeconfig kube/refused --run abc123', 1, noAnswer],
    [
      '--kubeconfig kube/refused --run abc123 --out not/there',
      1,
      `there is no folder not/there: ${nameIt}\nheal: ${noAnswer}`,
    ],
    [
      '--kubeconfig nowhere --out ledger/other-server',
      1,
      "cannot read the kubeconfig nowhere: ENOENT: no such file or directory, open 'nowhere'\nheal: not healed, so that it may be in force: a setting is changed",
    ],
  ],
  cleanup: [
    ['', 2, "required option '--kubeconfig <file>' not specified: see npm run cleanup -- --help"],
    [
      '--kubeconfig kube/refused --context x --all --frob',
      2,
      "unknown option '--frob': see npm run cleanup -- --help",
    ],
    [
      '--kubeconfig kube/refused --context x',
      2,
      'say which: --run ID, or --all: see npm run cleanup -- --help',
    ],
    [
      '--kubeconfig kube/refused --context x --all --run abc123',
      2,
      'say which: --run ID, or --all: see npm run cleanup -- --help',
    ],
    [
      '--kubeconfig kube/refused --context x --run A',
      2,
      '--run A: it is six characters of a-z and 0-9: see npm run cleanup -- --help',
    ],
    [
      '--kubeconfig kube/refused --all',
      2,
      "required option '--context <name>' not specified: see npm run cleanup -- --help",
    ],
    [
      '--kubeconfig kube/empty --context x --all',
      1,
      'cannot read the kubeconfig kube/empty: it is no kubeconfig',
    ],
    [
      '--kubeconfig kube/refused --context y --all',
      1,
      'the kubeconfig kube/refused has no context "y" (it has: x)',
    ],
  ],
  rbac: [
    [
      '--allow all',
      2,
      "--allow all: there is no disruption 'all'; there are: manager-kill, process-hold, manager-mount, store-stall, admission-policy, settings, default-target, node-fault",
    ],
    [
      '--namespace A_B',
      2,
      '--namespace A_B: give at most 63 of a-z, 0-9 and dashes, with no dash at either end',
    ],
    [
      '--service-account A',
      2,
      '--service-account A: give at most 63 of a-z, 0-9 and dashes, with no dash at either end',
    ],
    ['more', 2, 'too many arguments. Expected 0 arguments but got 1: more: see npm run rbac -- --help'],
    ['--alow settings', 2, "unknown option '--alow' (Did you mean --allow?): see npm run rbac -- --help"],
  ],
  'merge-reports': [
    ['', 2, "missing required argument 'path': see npm run merge-reports -- --help"],
    ['nowhere', 2, 'nowhere: there is no such file or folder'],
    ['empty', 2, 'empty: there is no report.json in it'],
    [
      'report/not-json',
      3,
      "report/not-json/report.json is no report of this release: Expected property name or '}' in JSON at position 1 (line 1 column 2)",
    ],
    [
      'report/a-number',
      3,
      'report/a-number/report.json is no report of this release: it: Invalid input: expected object, received number',
    ],
    ['report/older', 3, 'report/older/report.json is no report of this release: schemaVersion: Invalid…'],
    ['file', 3, 'file is no report of this release: Unexpected token \'a\', "a file" is not valid JSON'],
    ['--out file report/older', 2, '--out file is a file: name a folder, or a new one'],
    [
      '--tabel report/older',
      2,
      "unknown option '--tabel' (Did you mean --table?): see npm run merge-reports -- --help",
    ],
  ],
  store: [
    ['fsck a b', 2, "too many arguments for 'fsck'. Expected 1 argument but got 2: a, b"],
    ['fsck --fast empty', 2, "unknown option '--fast'"],
    [
      'ls ftp://host/path',
      2,
      'ftp://host/path: name a folder, or the nfs:// URL of a store that is mounted here',
    ],
    ['ls nfs://host', 2, 'nfs://host: the URL of an NFS store is nfs://HOST:/PATH'],
    [
      'ls cifs://host/share',
      3,
      'cifs://host/share: a store of cifs is checked as a copy: copy its folder backupstore to this machine, and name the folder that it is in then',
    ],
    [
      'ls http://me:planted-secret@host/',
      2,
      'http://[redacted: credentials of a URL]@host/: name a folder, or the nfs:// URL of a store that is mounted here',
    ],
    [
      'ls s3://key:planted-secret@bucket/',
      3,
      's3://[redacted: credentials of a URL]@bucket/: a store of s3 is checked as a copy: copy its folder backupstore to this machine, and name the folder that it is in then',
    ],
    ['show empty', 2, "missing required argument 'name'"],
    ['lss empty', 2, "unknown command 'lss' (Did you mean ls?)"],
  ],
  lab: [
    [
      '',
      2,
      'name a command: up, down, status, shell NODE or logs WHAT; npm run lab -- --help lists them all',
    ],
    ['frob', 2, "unknown command 'frob'"],
    ['up --frob', 2, "unknown option '--frob'"],
    ['shell', 2, "missing required argument 'node'"],
    ['slow node1', 2, 'give --delay, --loss or both'],
    [
      'slow node1 --loss 101%',
      2,
      "option '--loss <share>' argument '101%' is invalid. give it as 5%, 100% at most.",
    ],
    ['disk node1 --heal --delay 1s', 2, 'give one of --error-after, --delay, --heal'],
    ['clock node1', 2, 'give one of --skew, --heal'],
    [
      'apiserver pause',
      2,
      "command-argument value 'pause' is invalid for argument 'do'. Allowed choices are stop, start, restart.",
    ],
    ['images', 2, 'name a command of images: ls [PATH...] or import PATH...'],
    ['images ls', 1, 'no lab named lab is up; npm run lab -- status lists them'],
    ['images import x.tar', 1, 'no lab named lab is up; npm run lab -- status lists them'],
    ['up --nodes 9', 2, "option '--nodes <count>' argument '9' is invalid. a lab has 1 to 8 nodes."],
    ['up --nodes two', 2, "option '--nodes <count>' argument 'two' is invalid. a lab has 1 to 8 nodes."],
    [
      'up --memory 100M',
      2,
      "option '--memory <size>' argument '100M' is invalid. give it as 2048M or 12G, 512M or more.",
    ],
    [
      'up --memory 2T',
      2,
      "option '--memory <size>' argument '2T' is invalid. give it as 2048M or 12G, 512M or more.",
    ],
    [
      'up --disk 1M',
      2,
      "option '--disk <size>' argument '1M' is invalid. give it as 2048M or 12G, 256M or more.",
    ],
    ['up --name', 2, "option '--name <name>' argument missing"],
    ['up --images', 2, "option '--images <path...>' argument missing"],
    ['up --images nowhere', 3, 'nowhere: there is no such file or folder'],
    [
      'up --images empty',
      3,
      'empty: no image archive is in it (*.tar, *.tar.gz, *.tgz, *.tar.zst), nor an unpacked OCI layout',
    ],
    ['up --images text.tar', 3, 'text.tar: it is no tar archive'],
    ['up --images truncated.tar', 3, 'truncated.tar: it is truncated: it ends inside the header of a file'],
    ['up --manifest nowhere', 3, 'nowhere: there is no such file'],
    ['up --manifest release', 3, 'release: it is a folder: name the files in it'],
    [
      'up --manifest release/broken-yaml/longhorn.yaml',
      3,
      'release/broken-yaml/longhorn.yaml: document 1 (line 1): no YAML: line 2: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'up --manifest release/nothing-in-it/longhorn.yaml',
      3,
      'release/nothing-in-it/longhorn.yaml: no Kubernetes object is in it',
    ],
    [
      'up --manifest release/no-kind/longhorn.yaml',
      3,
      'release/no-kind/longhorn.yaml: document 1 (line 1): no Kubernetes object: it has no apiVersion',
    ],
    ['status --name x', 2, "unknown option '--name'"],
    ['crash node1 node2', 2, "too many arguments for 'crash'. Expected 1 argument but got 2: node1, node2."],
    [
      'freeze node1 --name UP',
      2,
      "option '--name <name>' argument 'UP' is invalid. use up to 31 small letters, digits and dashes.",
    ],
    [
      'slow node1 --delay soon',
      2,
      "option '--delay <time>' argument 'soon' is invalid. give it as 100ms, 30s, 10m or 1h.",
    ],
    [
      'disk node1 --error-after 1.5s',
      2,
      "option '--error-after <time>' argument '1.5s' is invalid. give it in whole seconds.",
    ],
    ['disk node1', 2, 'give one of --error-after, --delay, --heal'],
    [
      'clock node1 --skew tomorrow',
      2,
      "option '--skew <time>' argument 'tomorrow' is invalid. give it as 100ms, 30s, 10m or 1h.",
    ],
    ['clock node1 --skew 10m --heal', 2, 'give one of --skew, --heal'],
    [
      'etcd defrag',
      2,
      "command-argument value 'defrag' is invalid for argument 'do'. Allowed choices are compact.",
    ],
    ['images import', 2, "missing required argument 'paths'"],
    ['prune everything', 2, "too many arguments for 'prune'. Expected 0 arguments but got 1: everything."],
    ['help', 2, "unknown command 'help' (Did you mean shell?)"],
    ['--nodes 3', 2, "unknown option '--nodes'"],
  ],
  archive: [
    ['empty', 3, "release/empty has no manifest: put the release's longhorn.yaml into it"],
    ['no-manifest', 3, "release/no-manifest has no manifest: put the release's longhorn.yaml into it"],
    [
      'no-image',
      3,
      "release/no-image has no image archive: put the release's images into it, as *.tar, *.tar.gz, *.tgz, *.tar.zst or unpacked layouts, or name a --registry-mirror",
    ],
    [
      'broken-yaml',
      3,
      'release/broken-yaml/longhorn.yaml: document 1 (line 1): no YAML: line 2: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['nothing-in-it', 3, 'release/nothing-in-it/longhorn.yaml: no Kubernetes object is in it'],
    [
      'no-kind',
      3,
      'release/no-kind/longhorn.yaml: document 1 (line 1): no Kubernetes object: it has no apiVersion',
    ],
    ['truncated', 3, 'release/truncated/web.tar: it is truncated: it ends inside the header of a file'],
    ['wrong-digest', 3, 'release/wrong-digest/web.tar: the layer 1 of example.test/web:v1 is damaged: …'],
    [
      'image-missing',
      3,
      'release/image-missing lacks an image that the manifest names: example.test/manager:v1 (DaemonSet longhorn-manager, container longhorn-manager): add their archives',
    ],
  ],
  settings: [
    [
      'CORRAL_EMULATOR_CLOCK=slow',
      3,
      'CORRAL_EMULATOR_CLOCK=slow is not known: choose one of real, fast, or leave it unset',
    ],
    [
      'CORRAL_EMULATOR_CLOCK=FAST',
      3,
      'CORRAL_EMULATOR_CLOCK=FAST is not known: choose one of real, fast, or leave it unset',
    ],
    ['CORRAL_EMULATOR_MUTANT=none', 3, 'CORRAL_EMULATOR_MUTANT=none is not known: choose one of second…'],
  ],
  mutants: [
    ['--only none', 2, `--only none: there is no such mutant; there are: ${Object.keys(mutants).join(', ')}`],
    ['more', 2, 'too many arguments. Expected 0 arguments but got 1: more: see npm run mutants -- --help'],
    [
      '--olny second-not-held',
      2,
      "unknown option '--olny' (Did you mean --only?): see npm run mutants -- --help",
    ],
    ['--only', 2, "option '--only <mutant>' argument missing: see npm run mutants -- --help"],
  ],
  doctor: [
    ['--frob', 2, "unknown option '--frob': see npm run doctor -- --help"],
    ['--provider moon', 2, '--provider moon is unknown: use --provider lab or …'],
    [
      '--kubeconfig x',
      2,
      '--kubeconfig is for a cluster that is there already: add --provider existing, or leave it out',
    ],
    [
      '--provider existing',
      2,
      "--provider existing needs --kubeconfig, --context, --store-image: a cluster that is somebody's is named, never guessed",
    ],
  ],
  traceability: [
    ['more', 2, 'it takes no arguments: leave out more'],
    ['--json', 2, 'it takes no arguments: leave out --json'],
  ],
};

const lineOf = (line: string) => {
  const begin = `${line.replace(/…$/, '')}`.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return line.endsWith('…') ? expect.stringMatching(new RegExp(`^${begin}.+\\n$`)) : `${line}\n`;
};

const rows = Object.entries(table).flatMap(([command, of]) => of.map((row) => [command, ...row] as const));

test('there are more than a hundred', () => expect(rows.length).toBeGreaterThan(100));

describe.each(Object.keys(table))('%s', (command) => {
  test.each(table[command] ?? [])('%s', async (asked, code, line) => {
    const argv = asked.split(' ').filter((word) => word !== '');
    const ended = await captured(async () =>
      (commands[command] as (typeof commands)[string])(argv.map((word) => (word === "''" ? '' : word))),
    );
    // Where something was planted that nobody may see, it is not in here.
    expect({ ...ended, stderr: ended.stderr.replaceAll(dir, 'DIR') }).toEqual({
      code,
      stdout: '',
      stderr: lineOf(`${speaker[command] ?? command}: ${line}`),
    });
  });
});

test.each([
  'e2e',
  'heal',
  'cleanup',
  'rbac',
  'merge-reports',
  'store',
  'lab',
  'mutants',
  'doctor',
  'traceability',
  'replay',
])('%s --help is help, and 0', async (command) => {
  for (const flag of ['--help', '-h']) {
    const ended = await captured(async () => (commands[command] as (typeof commands)[string])([flag]));
    expect(ended).toEqual({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`^Usage: npm run (--silent )?${command}\\b`)),
      stderr: '',
    });
  }
});

test('e2e --help tells every flag', async () => {
  const ended = await captured(async () => await (commands.e2e as (typeof commands)[string])(['--help']));
  expect(ended.stdout).toMatchInlineSnapshot(`
    "Usage: npm run e2e -- [options]

    Brings a cluster with a Longhorn in it, plays the scenarios, and reports what
    happened.

    Options:
      --provider <name>        where the cluster comes from: lab, kind, k3d,
                               existing (default: "lab")
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
      --verbose                tell each step when it begins and when it ends, each
                               state that is awaited, and each fault with its proof
      --json                   tell an event a line, as JSON, and nothing else on
                               stdout
      -h, --help               display help for command
    "
  `);
});

test('what was there before is still there', async () => {
  expect(await readFile('.corral/last/report.json', 'utf8')).toBe('of an earlier run');
});
