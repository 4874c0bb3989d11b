import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { usageError } from './exit-code.ts';

/** What the command was asked to do. */
export type Arguments = {
  provider: string;
  /** `emulator`, or `archive:` and an absolute folder. */
  longhorn: string;
  keep: boolean;
  /** Regular expression on the names of the scenarios. */
  only: string | undefined;
  /** Tags expression as vitest reads it: `a && !b`, `a or b`. */
  tags: string | undefined;
  /** Absolute. */
  out: string;
};

const later = 'comes with a later release';

// What the issue of a later release brings, and what to do until then.
const notYet: [flag: 'provider' | 'longhorn', value: RegExp, untilThen: string][] = [
  ['provider', /^(kind|k3d)$/, 'use --provider lab, or leave it out'],
  ['provider', /^existing$/, 'until then: CORRAL_KUBECONFIG=FILE CORRAL_STORE_IMAGE=IMAGE npx vitest run --project e2e'],
  ['longhorn', /^official$/, 'until then: --longhorn archive:DIR, with its manifest and image archives in DIR'],
];

const choose = (flag: 'provider' | 'longhorn', value: string, known: string[]): string => {
  if (known.includes(value)) return value;
  const untilThen = notYet.find(([ofFlag, pattern]) => ofFlag === flag && pattern.test(value))?.[2];
  if (untilThen !== undefined) throw usageError(`--${flag} ${value} ${later}: ${untilThen}`);
  throw usageError(`--${flag} ${value || "''"} is unknown: use ${known.map((each) => `--${flag} ${each}`).join(' or ')}, or leave it out`);
};

const archive = 'archive:';

const chooseLonghorn = (value: string): string => {
  if (!value.startsWith(archive)) return choose('longhorn', value, ['emulator', 'archive:DIR']);
  const dir = value.slice(archive.length);
  if (dir === '') throw usageError("--longhorn archive:: name the folder with a release's manifest and image archives behind the colon");
  const found = statSync(dir, { throwIfNoEntry: false });
  if (found === undefined) throw usageError(`--longhorn ${value}: there is no such folder`);
  if (!found.isDirectory()) throw usageError(`--longhorn ${value} is a file: name the folder with a release's manifest and image archives`);
  return `${archive}${resolve(dir)}`;
};

const checkOnly = (pattern: string | undefined): string | undefined => {
  if (pattern === undefined) return undefined;
  if (pattern === '') throw usageError("--only '': give a part of a scenario's name, or leave it out");
  try {
    new RegExp(pattern);
  } catch (error) {
    throw usageError(`--only ${pattern}: ${(error as Error).message}: give a regular expression on the scenarios' names`);
  }
  return pattern;
};

const checkOut = (folder: string): string => {
  if (folder === '') throw usageError("--out '': name a folder, or leave it out");
  const out = resolve(folder);
  if (statSync(out, { throwIfNoEntry: false })?.isDirectory() === false)
    throw usageError(`--out ${folder} is a file: name a folder, or a new one`);
  return out;
};

const describe = (providers: string[]): Command =>
  new Command('npm run e2e --')
    .description('Brings a cluster with a Longhorn in it, plays the scenarios, and reports what happened.')
    .option('--provider <name>', `where the cluster comes from: ${providers.join(', ')} (kind, k3d, existing: ${later})`, 'lab')
    .option(
      '--longhorn <which>',
      `the Longhorn under test: emulator, or archive:DIR, a release from its manifest and image archives (official: ${later})`,
      'emulator',
    )
    .option('--keep', 'leave the cluster up (unless interrupted) and print how to reach it')
    .option('--only <pattern>', 'only the scenarios whose name matches this regular expression')
    .option('--tags <expression>', "only the scenarios with these tags: 'a && !b', 'a or b'")
    .option('--out <dir>', 'where report.json goes', '.corral/last')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} });

/** Reads the flags. Throws a CommandError of one line; undefined means that help was asked for, and given. */
export const parseArguments = (argv: string[], providers: string[]): Arguments | undefined => {
  const command = describe(providers);
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    const what = error.message
      .replace(/^error: /, '')
      .replace(/\s*\n\s*/g, ' ')
      .replace(/\.$/, '');
    throw usageError(`${what}: see npm run e2e -- --help`);
  }
  const { provider, longhorn, keep, only, tags, out } = command.opts<
    Record<'provider' | 'longhorn' | 'out', string> & Pick<Arguments, 'keep' | 'only' | 'tags'>
  >();
  if (tags !== undefined && tags.trim() === '') throw usageError("--tags '': give an expression such as 'a && !b', or leave it out");
  return {
    provider: choose('provider', provider, providers),
    longhorn: chooseLonghorn(longhorn),
    keep: keep === true,
    only: checkOnly(only),
    tags,
    out: checkOut(out),
  };
};
