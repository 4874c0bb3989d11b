import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runMutantsCommand } from '../../bench/mutants/command.ts';
import { refuseLostFlags } from '../../e2e/cli/arguments/flags.ts';
import { runBugsCommand } from '../../e2e/cli/bugs.ts';
import { runCleanupCommand } from '../../e2e/cli/cleanup.ts';
import { runCompareCommand } from '../../e2e/cli/compare.ts';
import { runDoctorCommand } from '../../e2e/cli/doctor.ts';
import { runExplainCommand } from '../../e2e/cli/explain.ts';
import { runHealCommand } from '../../e2e/cli/heal.ts';
import { runMergeReportsCommand } from '../../e2e/cli/merge-reports.ts';
import { runRbacCommand } from '../../e2e/cli/rbac.ts';
import { runReplayCommand } from '../../e2e/cli/replay.ts';
import { runReportCommand } from '../../e2e/cli/report.ts';
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
  vi.stubEnv('XDG_CACHE_HOME', join(dir, 'cache'));
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
  explain: runExplainCommand,
  bugs: runBugsCommand,
  report: runReportCommand,
  compare: runCompareCommand,
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
      existing.up({ longhorn: 'installed', run: 'abc123', out: dir, existing: cluster, signal, progress }),
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

// Behind "$" what is asked for; under it the exit code, and what is printed on stderr.
const rows = readFileSync(new URL('bad-inputs.txt', import.meta.url), 'utf8')
  .replace('{mutants}', Object.keys(mutants).join(', '))
  .split(/^\$ /m)
  .slice(1)
  .map(
    (row) =>
      /^(\S+) ?(.*)\n(\d+) ([^#$]*?\n)(?:#.*)?\s*$/.exec(row)?.slice(1) as [string, string, string, string],
  );

test('there are more than a hundred', () => expect(rows.length).toBeGreaterThan(100));

test.each(rows)('%s %s', async (command, asked, code, lines) => {
  const argv = asked.split(' ').filter((word) => word !== '');
  const ended = await captured(async () =>
    (commands[command] as (typeof commands)[string])(argv.map((word) => (word === "''" ? '' : word))),
  );
  // Where something was planted that nobody may see, it is not in here.
  expect({ ...ended, stderr: ended.stderr.replaceAll(dir, 'DIR') }).toEqual({
    code: Number(code),
    stdout: '',
    stderr: expect.stringMatching(
      new RegExp(`^${lines.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/…$/m, '.+')}$`),
    ),
  });
});

// Of what has no help of its own, nobody asks for one.
const { existing: _, archive: __, settings: ___, ...real } = commands;

test.each(Object.keys(real))('%s --help is help, and 0', async (command) => {
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
      --provider <name>             where the cluster comes from: lab, kind, k3d,
                                    existing (default: "lab")
      --longhorn <which>            the Longhorn under test: emulator (the default),
                                    official[:VERSION], a release as it is published
                                    (the newest one known; or v1.8.2, master-head),
                                    or archive:DIR, one from its manifest and image
                                    archives
      --registry-mirror <url>       official, archive:DIR: the registry to pull
                                    images from that DIR does not have (https, or
                                    http on this machine)
      --image <name=image>          official, archive:DIR: another image in the
                                    place of one of the release, by its name or as
                                    an archive; may be given several times:
                                    longhorn-manager=./manager.tar (default: [])
      --store <kind>                the kind of backup store that the scenarios are
                                    played on: nfs, s3, all, fitting (default:
                                    fitting in the lab, else nfs)
      --kubeconfig <file>           existing: the file that names the cluster
      --context <name>              existing: the context of that file
      --expect-cluster <uid>        existing: the UID that its namespace kube-system
                                    must have
      --store-image <image>         existing: an image for the backup store's pod,
                                    which the cluster can pull
      --s3-endpoint <url>           existing, --store s3: the server of a bucket
                                    that is there, in the place of a store's pod
      --s3-bucket <bucket@region>   existing, --store s3: that bucket; only keys
                                    below corral-e2e/ are touched
      --s3-secret <namespace/name>  existing, --store s3: the Secret with what it is
                                    logged in to by, with Longhorn's names
                                    (AWS_ACCESS_KEY_ID, …)
      --namespace <name>            existing: a namespace that is there, for all
                                    backup stores (by default each gets one of its
                                    own)
      --allow <list>                existing: what scenarios may do that others
                                    could feel, with commas: manager-kill,
                                    process-hold, manager-mount, store-stall,
                                    admission-policy, settings, default-target,
                                    node-fault
      --list                        only list the scenarios, with their tags, what
                                    each needs, and its usual time
      --dry-run                     only say how many scenarios would be played, and
                                    why others are skipped
      --keep                        leave the cluster up (unless interrupted) and
                                    print how to reach it
      --only <pattern>              only the scenarios whose name matches this
                                    regular expression
      --tags <expression>           only the scenarios with these tags: 'a && !b',
                                    'a or b'
      --last-failed                 only what failed, could not be proven, or was
                                    interrupted in the last run, by its report in
                                    --out
      --shard <i/n>                 only the i-th of n parts of the scenarios, which
                                    take about equally long: 2/8
      --workers <n>                 how many scenarios are played at once: 1 plays
                                    one after the other (default: as many as the
                                    cluster bears)
      --max-failures <n>            after n scenarios that failed or could not be
                                    proven, begins no other; those at work end and
                                    clean up
      --pause-on-failure            leave the cluster up, and in it what the
                                    scenarios made that did not pass; their faults
                                    are healed
      --strict-bugs                 exit code 1 also where all that went wrong are
                                    known bugs of Longhorn
      --repeat <n>                  plays the chosen scenarios n times in a row on
                                    the one cluster (default: "1")
      --out <dir>                   where report.json and junit.xml go (default:
                                    ".corral/last")
      --support-bundle              where a scenario does not pass, keep Longhorn's
                                    own support bundle, in which nothing is redacted
      --verbose                     tell each step when it begins and when it ends,
                                    each state that is awaited, and each fault with
                                    its proof
      --bisect                      for git bisect run: exit code 125 where nothing
                                    could be judged, above 128 for bad flags and
                                    Ctrl-C
      --json                        tell an event a line, as JSON, and nothing else
                                    on stdout
      -h, --help                    display help for command
    "
  `);
});

test('what was there before is still there', async () => {
  expect(await readFile('.corral/last/report.json', 'utf8')).toBe('of an earlier run');
});
