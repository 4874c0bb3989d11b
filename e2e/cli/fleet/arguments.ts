import type { Command } from 'commander';
import { checkNumber, checkOutFolder } from '../arguments/checks.ts';
import { type Arguments, parseArguments } from '../arguments/parse.ts';
import { newCommand, parseFlags } from '../command.ts';
import { usageError } from '../exit-code.ts';

/**
 * Where the shards of a fleet run. `lab`: each shard in a lab inside its pod. `existing`: all shards on the Longhorn
 * of the cluster.
 */
type FleetMode = 'lab' | 'existing';

/** The parsed flags of `fleet`. */
export type FleetArguments = {
  shards: number;
  /** The kubeconfig of the cluster in which the pods run. */
  kubeconfig: string;
  context: string;
  image: string;
  mode: FleetMode;
  /** An absolute path. */
  out: string;
  /** Additional flags of `npm run e2e`, for every shard. */
  flags: string[];
  /** The parsed form of `flags`. */
  e2e: Arguments;
};

type Flags = {
  shards: string;
  kubeconfig: string;
  context: string;
  image: string;
  mode: string;
  out: string;
};

const describe = (): Command =>
  newCommand(
    'fleet',
    'Runs the scenarios in the pods of a Job, one shard each, and merges their reports. It removes what it makes.',
  )
    .argument('[e2e-flags...]', 'flags of e2e for each shard, after --: -- --only deletion')
    .requiredOption('--shards <n>', 'how many pods, at most 999')
    .requiredOption('--kubeconfig <file>', 'the kubeconfig of the cluster for the pods')
    .requiredOption('--context <name>', 'the context in that file')
    .requiredOption('--image <image>', 'an image with this suite, as fixtures/fleet/Containerfile makes it')
    .option(
      '--mode <mode>',
      "lab: each pod starts its own cluster; existing: all use the cluster's own Longhorn",
      'lab',
    )
    .option('--out <dir>', 'where the reports go', '.corral/fleet');

// Flags that the fleet sets itself, and flags that are useless in a pod.
const own = [
  ...['provider', 'kubeconfig', 'context', 'expect-cluster', 'namespace', 'shard', 'out', 'keep'],
  ...['list', 'last-failed', 'pause-on-failure'],
];

const checkFlags = (given: readonly string[], { mode, kubeconfig, context, shards }: Flags): Arguments => {
  const taken = given.find((word) =>
    own.some((flag) => word === `--${flag}` || word.startsWith(`--${flag}=`)),
  );
  if (taken !== undefined)
    throw usageError(
      `${taken} after --: the fleet sets it for its shards, or a shard cannot use it: leave it out`,
    );
  const reach = mode === 'existing' ? ['--kubeconfig', kubeconfig, '--context', context] : [];
  const parsed = parseArguments(['--provider', mode, ...reach, ...given], [mode]);
  if (parsed.existing !== undefined && parsed.existing.allow.length > 0 && shards !== '1')
    throw usageError(
      '--allow with several shards on one cluster: the shards do not wait for each other, so one would disturb the others: use --shards 1, or --mode lab',
    );
  return parsed;
};

/** Parses the flags. Throws a CommandError of one line. */
export const parseFleet = (argv: readonly string[]): FleetArguments => {
  const command = describe();
  parseFlags(command, argv);
  const flags = command.opts<Flags>();
  const { shards, kubeconfig, context, image, mode, out } = flags;
  const count = checkNumber('shards', shards);
  if (count > 999) throw usageError(`--shards ${shards}: give at most 999`);
  if (mode !== 'lab' && mode !== 'existing')
    throw usageError(`--mode ${mode || "''"} is unknown: use --mode lab or --mode existing`);
  if (image === '') throw usageError("--image '': name the image that the pods start");
  return {
    shards: count,
    kubeconfig,
    context,
    image,
    mode,
    out: checkOutFolder(out),
    flags: command.args,
    e2e: checkFlags(command.args, flags),
  };
};
