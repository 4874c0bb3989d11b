import { type Command, Option } from 'commander';
import type { Replacement } from '../../../providers/provider.ts';
import type { ExistingCluster, RunConfig } from '../../config/config.ts';
import { allDisruptions } from '../../longhorn/disruptions.ts';
import { type Output, outputs } from '../../report/output.ts';
import { fittingStores, ownBucketKind, storeChoices } from '../../store/drivers/index.ts';
import { collectValues, newCommand, parseFlags } from '../command.ts';
import { usageError } from '../exit-code.ts';
import { parseShard, type Shard } from '../shard.ts';
import {
  checkChoice,
  checkImages,
  checkLonghorn,
  checkMirror,
  checkNumber,
  checkOnly,
  checkOutFolder,
  checkTags,
  checkUpgrade,
} from './checks.ts';
import { type ExistingFlags, parseExisting, withBucketFlag } from './existing.ts';

/** The parsed flags of `e2e`. */
export type Arguments = Pick<
  RunConfig,
  'out' | 'store' | 'workers' | 'maxFailures' | 'pauseOnFailure' | 'supportBundle' | 'output'
> & {
  provider: string;
  /**
   * `emulator`, `archive:` and an absolute folder, `official:` and a version, or `installed`, the Longhorn of an
   * existing cluster.
   */
  longhorn: string;
  /** The Longhorn to upgrade to, in the same forms, or `emulator:` and a version. */
  upgradeTo: string | undefined;
  /** A URL, only with `archive:` or `official:`. */
  registryMirror: string | undefined;
  /** Replacements for images of the release. */
  images: Replacement[];
  /** Only with the provider `existing`. */
  existing: ExistingCluster | undefined;
  keep: boolean;
  /** Whether to choose among all scenarios, not only those of the seed documents. */
  all: boolean;
  /** Whether to run only the scenarios that did not pass according to the report in `out`. */
  lastFailed: boolean;
  /** Whether to only list the chosen scenarios, and which of them would be run. */
  list: boolean;
  /** A regular expression for the names of the scenarios. */
  only: string | undefined;
  /** A tags expression in vitest's syntax: `a && !b`, `a or b`. */
  tags: string | undefined;
  /** The part of the chosen scenarios to run. Undefined for all of them. */
  shard: Shard | undefined;
  /** The number of rounds. */
  repeat: number;
  /** Whether a known bug fails the run. */
  strictBugs: boolean;
};

type Flags = ExistingFlags & { image?: string[]; output: Output } & Record<
    'provider' | 'out' | 'repeat',
    string
  > &
  Partial<
    Record<
      | 'longhorn'
      | 'upgradeTo'
      | 'store'
      | 'registryMirror'
      | 'workers'
      | 'maxFailures'
      | 'only'
      | 'tags'
      | 'shard',
      string
    >
  > &
  Partial<
    Record<'all' | 'keep' | 'list' | 'lastFailed' | 'pauseOnFailure' | 'strictBugs' | 'supportBundle', true>
  >;

const upgradeTag = 'upgrade';

const describe = (providers: string[]): Command =>
  newCommand('e2e', 'Starts a cluster with a Longhorn in it, runs the scenarios, and reports the results.')
    .option('--provider <name>', `where the cluster comes from: ${providers.join(', ')} (yours)`, 'lab')
    .option(
      '--longhorn <which>',
      'the Longhorn under test: emulator (default); official[:VERSION], a published release (v1.8.2, master-head; default: the newest known); or archive:DIR, a release on disk',
    )
    .option(
      '--upgrade-to <which>',
      'run the scenarios tagged upgrade, which upgrade to this Longhorn: official[:VERSION], archive:DIR, or emulator:VERSION from the emulator',
    )
    .option(
      '--registry-mirror <url>',
      'official, archive:DIR: the registry to pull images from (https, or http on this machine)',
    )
    .option(
      '--image <name=image>',
      'official, archive:DIR: replaces an image of the release, by a name or an archive; repeatable: longhorn-manager=./manager.tar',
      collectValues,
    )
    .option(
      '--store <kind>',
      `the kind of backup store: ${storeChoices.join(', ')} (default: ${fittingStores} in the lab, ${storeChoices[0]} elsewhere)`,
    )
    .option('--kubeconfig <file>', 'existing: the kubeconfig file')
    .option('--context <name>', 'existing: the context in that file')
    .option('--expect-cluster <uid>', 'existing: the UID of its namespace kube-system')
    .option(
      '--store-image <image>',
      "existing: the image of the backup store's pod, which the cluster can pull",
    )
    .option(
      '--namespace <name>',
      'existing: an existing namespace for all backup stores (default: a new one for each)',
    )
    .option(
      '--allow <list>',
      `existing: the disruptions that scenarios may cause, with commas: ${allDisruptions.join(', ')}`,
    )
    .option(
      '--all',
      'choose every scenario, not only those of the seed documents; implied by --only, --tags, --store and --last-failed',
    )
    .option(
      '--list',
      'only list the chosen scenarios, with tags, needs and times, and why any would be skipped',
    )
    .option('--keep', 'keep the cluster (unless interrupted), and print how to reach it')
    .option(
      '--only <pattern>',
      'choose the scenario with this name, or all whose names match this regular expression',
    )
    .option('--tags <expression>', "choose by tags: 'a && !b', 'a or b'")
    .option(
      '--last-failed',
      'choose what failed, was not provable, or was interrupted in the last run, by the report in --out',
    )
    .option('--shard <i/n>', 'run the i-th of n parts, which take about equally long: 2/8')
    .option('--workers <n>', 'how many scenarios run at once (default: as many as the cluster can handle)')
    .option('--max-failures <n>', 'start no other scenario after n have failed or were not provable')
    .option(
      '--pause-on-failure',
      'keep the cluster, and the objects of scenarios that did not pass; their faults are undone',
    )
    .option('--strict-bugs', 'exit code 1 also if all failures are known bugs of Longhorn')
    .option('--repeat <n>', 'run the chosen scenarios n times on one cluster', '1')
    .option('--out <dir>', 'the folder for the results', '.corral/last')
    .option(
      '--support-bundle',
      "keep Longhorn's support bundle of a scenario that did not pass; nothing in it is redacted",
    )
    .addOption(
      new Option(
        '--output <form>',
        'quiet: scenarios, and their steps on a terminal or where they fail; verbose: also each awaited state and each fault with its proof; json: one event a line, and nothing else on stdout',
      )
        .choices([...outputs])
        .default('quiet'),
    )
    .option(
      '--bisect',
      'for git bisect run: exit code 125 where nothing could be judged, above 128 for bad flags and Ctrl-C',
    );

/** An existing cluster already contains its Longhorn. On other clusters the default is the emulator. */
const longhornOf = (provider: string, value: string | undefined): string => {
  if (provider !== 'existing') return checkLonghorn(value ?? 'emulator');
  if (value === undefined) return 'installed';
  throw usageError(`--longhorn ${value}: an existing cluster is judged by the Longhorn in it: leave it out`);
};

/** Parses the flags. Throws a CommandError of one line. */
export const parseArguments = (argv: string[], providers: string[]): Arguments => {
  const command = withBucketFlag(describe(providers), 'existing: ');
  parseFlags(command, argv);
  const flags = command.opts<Flags>();
  const { only, shard, out, workers, maxFailures, repeat } = flags;
  const provider = checkChoice('provider', flags.provider, providers);
  const longhorn = longhornOf(provider, flags.longhorn);
  const existing = parseExisting(provider, flags);
  const upgradeTo = checkUpgrade(flags.upgradeTo, { ...flags, provider, longhorn });
  // Nothing else runs on the Longhorn that it leaves.
  const tags = upgradeTo === undefined ? flags.tags : upgradeTag;
  return {
    provider,
    longhorn,
    upgradeTo,
    registryMirror: checkMirror(longhorn, flags.registryMirror),
    images: checkImages(longhorn, flags.image ?? []),
    store: existing?.ownBucket
      ? ownBucketKind
      : checkChoice(
          'store',
          flags.store ?? (provider === 'lab' ? fittingStores : (storeChoices[0] ?? '')),
          storeChoices,
        ),
    existing,
    all: [flags.all, only, tags, flags.store, flags.lastFailed].some((given) => given !== undefined),
    keep: flags.keep === true,
    lastFailed: flags.lastFailed === true,
    list: flags.list === true,
    only: checkOnly(only),
    tags: checkTags(tags),
    shard: shard === undefined ? undefined : parseShard(shard),
    out: checkOutFolder(out, { writes: flags.list !== true }),
    workers: workers === undefined ? undefined : checkNumber('workers', workers),
    maxFailures: maxFailures === undefined ? undefined : checkNumber('max-failures', maxFailures),
    repeat: checkNumber('repeat', repeat),
    pauseOnFailure: flags.pauseOnFailure === true,
    strictBugs: flags.strictBugs === true,
    supportBundle: flags.supportBundle === true,
    output: flags.output,
  };
};
