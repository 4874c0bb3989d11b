import type { Command } from 'commander';
import { Document, isScalar, visit } from 'yaml';
import type { KubernetesObject } from '../kube/cluster.ts';
import { allDisruptions } from '../longhorn/disruptions.ts';
import { defaultAccount, rolesFor, type ServiceAccount } from '../permissions/roles.ts';
import { ownBucketKind, storeChoices } from '../store/drivers/index.ts';
import { checkChoice, checkName } from './arguments/checks.ts';
import { parseAllow, parseBucket, withBucketFlag } from './arguments/existing.ts';
import { newCommand, parseFlags, toExitCode } from './command.ts';
import { type ExitCode, exitCode } from './exit-code.ts';

type Flags = {
  allow?: string;
  bucket?: string;
  store?: string;
  namespace: string;
  serviceAccount: string;
  supportBundle?: true;
};

const program = (): Command =>
  newCommand(
    'rbac',
    'Prints a service account with exactly the rights that the scenarios need. Pipe it into kubectl apply -f -',
  )
    .option(
      '--allow <list>',
      `the disruptions that scenarios may cause, with commas: ${allDisruptions.join(', ')} (default: none)`,
    )
    .option(
      '--namespace <name>',
      'the namespace of the service account and of the backup stores',
      defaultAccount.namespace,
    )
    .option('--service-account <name>', 'the name of the service account', defaultAccount.name)
    .option(
      '--store <kind>',
      `the kind of backup stores: ${storeChoices.join(', ')} (default: ${storeChoices[0]})`,
    )
    .option('--support-bundle', 'add the rights for e2e --support-bundle');

const describe = ({ namespace, name }: ServiceAccount, allow: readonly string[]): string =>
  [
    `What service account ${name} in namespace ${namespace} needs to run the scenarios of Corral, as npx corral rbac prints it.`,
    `Disruptions that it allows: ${allow.join(', ') || 'none'}. The backup stores go into namespace ${namespace}: run with --namespace ${namespace}.`,
  ]
    .map((line) => `# ${line}\n`)
    .join('');

// Lists of scalars are on one line, so that the person who grants the roles can read them easily.
const write = (object: KubernetesObject): string => {
  const document = new Document(object, { aliasDuplicateObjects: false });
  visit(document, {
    Seq: (_, list) => {
      list.flow = list.items.every(isScalar);
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
};

/** `npx corral rbac`: prints the roles that the suite needs, as YAML. Returns the exit code: 0 printed, 2 usage. */
export const runRbacCommand = (argv: readonly string[]): Promise<ExitCode> =>
  toExitCode('rbac', () => {
    const command = withBucketFlag(program());
    parseFlags(command, argv);
    const flags = command.opts<Flags>();
    const account = {
      namespace: checkName('namespace', flags.namespace),
      name: checkName('service-account', flags.serviceAccount),
    };
    const allow = flags.allow === undefined ? [] : parseAllow(flags.allow);
    const ownBucket = parseBucket(flags);
    const roles = rolesFor(account, {
      allow,
      supportBundle: flags.supportBundle === true,
      store: ownBucket
        ? ownBucketKind
        : checkChoice('store', flags.store ?? storeChoices[0] ?? '', storeChoices),
      ownBucket,
    });
    process.stdout.write(`${describe(account, allow)}${roles.map(write).join('---\n')}`);
    return exitCode.passed;
  });
