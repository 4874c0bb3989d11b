import type { Command } from 'commander';
import { storeChoices } from '../store/drivers/index.ts';
import { checkChoice, checkLonghorn, checkMirror } from './arguments/checks.ts';
import { type ExistingFlags, parseExisting, withBucketFlag } from './arguments/existing.ts';
import type { Arguments } from './arguments/parse.ts';
import { newCommand, outputOption, parseFlags, toExitCode } from './command.ts';
import { type ExitCode, exitCode, usageError } from './exit-code.ts';

type Flags = ExistingFlags & {
  provider: string;
  longhorn?: string;
  registryMirror?: string;
  store?: string;
  output: 'text' | 'json';
};

type DoctorFlags = Pick<Arguments, 'provider' | 'longhorn' | 'registryMirror' | 'existing'>;

/** The functions that examine what a run with these flags needs, and describe the result. */
type Doctor<Diagnosis> = {
  providers: string[];
  examineAll: (flags: DoctorFlags) => Promise<Diagnosis>;
  doctorLines: (diagnosis: Diagnosis) => string[];
};

const program = (providers: string[]): Command =>
  newCommand(
    'doctor',
    'Checks what e2e needs with the same flags, and says how to get what is missing. As JSON: provider, longhorn, ready, and checks with title, state (ok, warning, missing), detail and mend.',
  )
    .option('--provider <name>', `where the cluster comes from: ${providers.join(', ')}`, 'lab')
    .option(
      '--longhorn <which>',
      'the Longhorn under test: emulator (default), official[:VERSION] or archive:DIR',
    )
    .option('--registry-mirror <url>', 'official, archive:DIR: the registry to pull images from')
    .option('--kubeconfig <file>', 'existing: the kubeconfig file')
    .option('--context <name>', 'existing: the context in that file')
    .option('--expect-cluster <uid>', 'existing: the UID of its namespace kube-system')
    .option('--store-image <image>', "existing: the image of the backup store's pod")
    .option('--store <kind>', `the kind of backup stores: ${storeChoices.join(', ')}`)
    .option('--namespace <name>', 'existing: an existing namespace for all backup stores')
    .option('--allow <list>', 'existing: the disruptions that scenarios may cause; checks their rights too')
    .addOption(outputOption())
    .addHelpText('after', '\nExit code 0: nothing is missing. 1: something is missing. 2: usage.');

const read = (flags: Flags, providers: string[]): DoctorFlags => {
  const provider = checkChoice('provider', flags.provider, providers);
  if (flags.store !== undefined) checkChoice('store', flags.store, storeChoices);
  const existing = parseExisting(provider, flags);
  if (existing !== undefined && flags.longhorn !== undefined)
    throw usageError(`--longhorn ${flags.longhorn}: an existing cluster has its Longhorn: leave it out`);
  const longhorn = existing === undefined ? checkLonghorn(flags.longhorn ?? 'emulator') : 'installed';
  return { provider, longhorn, registryMirror: checkMirror(longhorn, flags.registryMirror), existing };
};

/**
 * `npx corral doctor`. Returns the exit code: 0 a run has everything that it needs, 1 something is missing, 2 usage.
 */
export const runDoctorCommand = <Diagnosis extends { ready: boolean }>(
  argv: readonly string[],
  { providers, examineAll, doctorLines }: Doctor<Diagnosis>,
): Promise<ExitCode> =>
  toExitCode('doctor', async () => {
    const command = withBucketFlag(program(providers), 'existing: ');
    parseFlags(command, argv);
    const flags = command.opts<Flags>();
    const diagnosis = await examineAll(read(flags, providers));
    const lines = flags.output === 'json' ? [JSON.stringify(diagnosis, null, 2)] : doctorLines(diagnosis);
    process.stdout.write(`${lines.join('\n')}\n`);
    return diagnosis.ready ? exitCode.passed : exitCode.failed;
  });
