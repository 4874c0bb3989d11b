import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { refuseLostFlags } from '../../e2e/cli/arguments/flags.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const program = () => {
  const command = new Command('npm run e2e --')
    .option('--provider <name>', 'where the cluster comes from')
    .option('--store-image <image>', 'an image')
    .option('--keep', 'leave it up')
    .option('--all', 'every one')
    .option('--dry-run', 'only say')
    .option('--json', 'for programs')
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  command.command('up').option('--nodes <n>', 'how many');
  return command;
};

type Variables = Record<string, string>;
const calledByNpm = { npm_command: 'run', npm_lifecycle_event: 'e2e' };

const refused = (
  given: Variables,
  { argv = [], of = {} }: { argv?: string[]; of?: Variables } = {},
): string | undefined => {
  try {
    refuseLostFlags(program(), argv, { ...calledByNpm, ...given }, () => of);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

test.for<[Variables, string[], string]>([
  // npm knows it too, but has no use for it here: a run that was meant to be none must not begin.
  [{ npm_config_dry_run: 'true' }, [], '--dry-run'],
  [{ npm_config_all: 'true' }, [], '--all'],
  // The word after it came as an argument, or was one: who reads this knows.
  [{ npm_config_store_image: 'true', npm_config_keep: 'true' }, ['store:1'], '--store-image <image> --keep'],
  [{ npm_config_provider: "a 'b'" }, ['x'], String.raw`x --provider 'a '\''b'\'''`],
  [{ npm_config_nodes: '5' }, ['up'], 'up --nodes 5'],
])('%j, %j: refused, with the line to type', ([given, argv, typed]) => {
  const flags = (typed.match(/--[\w-]+/g) ?? []).join(', ');
  const message = `npm keeps ${flags} for itself where no -- stands before: type npm run e2e -- ${typed}`;
  expect(refused(given, { argv })).toBe(message);
});

test('what npm knows itself, was configured with, or has from whoever called it, is no flag that was lost', async () => {
  const npmrc = join(await temporaryFolder(), 'npmrc');
  await writeFile(npmrc, 'provider=kind\n; keep=true\n');
  const kind = { npm_config_provider: 'kind' };
  const itsOwn = { npm_config_json: 'true', npm_config_cache: '/c', npm_config_nodedir: '/n' };
  expect(refused(itsOwn)).toBeUndefined();
  expect(refused({ ...kind, npm_config_userconfig: npmrc })).toBeUndefined();
  expect(refused({ ...kind, npm_config_globalconfig: npmrc })).toBeUndefined();
  expect(refused({ npm_config_keep: 'true', npm_config_userconfig: npmrc })).toMatch('npm keeps --keep');
  expect(refused(kind, { of: kind })).toBeUndefined();
  // A command that another script of npm has started asks nothing.
  expect(refused({ ...kind, npm_lifecycle_event: 'test' })).toBeUndefined();
  expect(refused({ ...kind, npm_command: 'exec' })).toBeUndefined();
});
