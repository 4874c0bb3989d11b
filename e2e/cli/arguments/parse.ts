import { Command } from 'commander';
import type { ExistingCluster, RunConfig } from '../../config/config.ts';
import { allDisruptions } from '../../longhorn/disruptions.ts';
import { usageError } from '../exit-code.ts';
import { parseShard, type Shard } from '../shard.ts';
import {
  checkMirror,
  checkNumber,
  checkOnly,
  checkOut,
  checkTags,
  choose,
  chooseLonghorn,
} from './checks.ts';
import { type ExistingFlags, parseExisting } from './existing.ts';
import { parseFlags } from './flags.ts';

/** What the command was asked to do. */
export type Arguments = Pick<RunConfig, 'out' | 'workers' | 'supportBundle' | 'output'> & {
  provider: string;
  /**
   * `emulator`, `archive:` and an absolute folder, `official:` and a version, or `installed`: the one that an
   * existing cluster has.
   */
  longhorn: string;
  /** URL, with a Longhorn whose images can be pulled. */
  registryMirror: string | undefined;
  /** With the provider `existing`. */
  existing: ExistingCluster | undefined;
  keep: boolean;
  /** Regular expression on the names of the scenarios. */
  only: string | undefined;
  /** Tags expression as vitest reads it: `a && !b`, `a or b`. */
  tags: string | undefined;
  /** Which part of the chosen scenarios; undefined: all of them. */
  shard: Shard | undefined;
  /** How often the chosen scenarios are played. */
  repeat: number;
};

type Flags = ExistingFlags &
  Record<'provider' | 'out' | 'repeat', string> &
  Partial<Record<'longhorn' | 'registryMirror' | 'workers' | 'only' | 'tags' | 'shard', string>> &
  Partial<Record<'keep' | 'supportBundle' | 'verbose' | 'json', true>>;

const describe = (providers: string[]): Command =>
  new Command('npm run e2e --')
    .description('Brings a cluster with a Longhorn in it, plays the scenarios, and reports what happened.')
    .option('--provider <name>', `where the cluster comes from: ${providers.join(', ')}`, 'lab')
    .option(
      '--longhorn <which>',
      'the Longhorn under test: emulator (the default), official[:VERSION], a release as it is published (the newest one known; or v1.8.2, master-head), or archive:DIR, one from its manifest and image archives',
    )
    .option(
      '--registry-mirror <url>',
      'official, archive:DIR: the registry to pull images from that DIR does not have (https, or http on this machine)',
    )
    .option('--kubeconfig <file>', 'existing: the file that names the cluster')
    .option('--context <name>', 'existing: the context of that file')
    .option('--expect-cluster <uid>', 'existing: the UID that its namespace kube-system must have')
    .option(
      '--store-image <image>',
      "existing: an image for the backup store's pod, which the cluster can pull",
    )
    .option(
      '--namespace <name>',
      'existing: a namespace that is there, for all backup stores (by default each gets one of its own)',
    )
    .option(
      '--allow <list>',
      `existing: what scenarios may do that others could feel, with commas: ${allDisruptions.join(', ')}`,
    )
    .option('--keep', 'leave the cluster up (unless interrupted) and print how to reach it')
    .option('--only <pattern>', 'only the scenarios whose name matches this regular expression')
    .option('--tags <expression>', "only the scenarios with these tags: 'a && !b', 'a or b'")
    .option('--shard <i/n>', 'only the i-th of n parts of the scenarios, which take about equally long: 2/8')
    .option(
      '--workers <n>',
      'how many scenarios are played at once: 1 plays one after the other (default: as many as the cluster bears)',
    )
    .option('--repeat <n>', 'plays the chosen scenarios n times in a row on the one cluster', '1')
    .option('--out <dir>', 'where report.json and junit.xml go', '.corral/last')
    .option(
      '--support-bundle',
      "where a scenario does not pass, keep Longhorn's own support bundle, in which nothing is redacted",
    )
    .option(
      '--verbose',
      'tell each step when it begins and when it ends, each state that is awaited, and each fault with its proof',
    )
    .option('--json', 'tell an event a line, as JSON, and nothing else on stdout')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} });

/** A cluster that is there has its Longhorn; any other gets one. */
const longhornOf = (provider: string, value: string | undefined): string => {
  if (provider !== 'existing') return chooseLonghorn(value ?? 'emulator');
  if (value === undefined) return 'installed';
  throw usageError(`--longhorn ${value}: an existing cluster is judged by the Longhorn in it: leave it out`);
};

const outputOf = ({ verbose, json }: Flags): Arguments['output'] => {
  if (verbose && json)
    throw usageError('--verbose and --json exclude each other: --json tells every event already');
  if (json) return 'json';
  return verbose ? 'verbose' : 'quiet';
};

/** Reads the flags. Throws a CommandError of one line; undefined means that help was asked for, and given. */
export const parseArguments = (argv: string[], providers: string[]): Arguments | undefined => {
  const command = describe(providers);
  if (!parseFlags(command, argv)) return undefined;
  const flags = command.opts<Flags>();
  const { only, tags, shard, out, workers, repeat } = flags;
  const provider = choose('provider', flags.provider, providers);
  const longhorn = longhornOf(provider, flags.longhorn);
  return {
    provider,
    longhorn,
    registryMirror: checkMirror(longhorn, flags.registryMirror),
    existing: parseExisting(provider, flags),
    keep: flags.keep === true,
    only: checkOnly(only),
    tags: checkTags(tags),
    shard: shard === undefined ? undefined : parseShard(shard),
    out: checkOut(out),
    workers: workers === undefined ? undefined : checkNumber('workers', workers),
    repeat: checkNumber('repeat', repeat),
    supportBundle: flags.supportBundle === true,
    output: outputOf(flags),
  };
};
