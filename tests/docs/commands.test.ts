import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseArguments } from '../../e2e/cli/arguments/parse.ts';
import { readScenarios } from '../../e2e/cli/traceability/scenario-files.ts';
import { emulatorSettings } from '../../providers/emulator-settings.ts';
import { providers } from '../../providers/index.ts';
import { runCorral } from '../../scripts/commands.ts';
import { captured } from '../support/run-in-process.ts';
import {
  commandsOf,
  documents,
  ofFolders,
  proseOf,
  read,
  root,
  taughtScenario,
} from './support/documents.ts';

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const helpOf = async (...words: string[]) => (await captured(() => runCorral([...words, '--help']))).stdout;
const named = (help: string) =>
  [...(help.split('Examples:')[0] ?? '').matchAll(/^ {2}([a-z][a-z0-9-]*)\b/gm)].map(([, name = '']) => name);
const subcommands = named(await helpOf());

/** What stands for the capital words of a command, and for files that the reader has. */
const words: Record<string, string> = {
  ...{ FILE: 'package.json', NAME: 'x', IMAGE: 'me/engine:dev', URL: 'http://127.0.0.1:9', DIR: 'docs' },
  ...{ UID: '3b0f6a8e-0000-4000-8000-000000000001', BUCKET: 'backups@us-east-1', SECRET: 'theirs/mine' },
  ...{ './manager.tar': 'me/manager:dev', 'FOLDER/manager.tar': 'me/manager:dev' },
};

/** The arguments of a call of corral in a command, up to a pipe. */
const argumentsOf = (command: string): string[] => {
  const [, call = ''] = /\bnpx corral (.*)$/.exec(command) ?? [];
  const [text = ''] = (call.split("'").length % 2 === 0 ? call.replace(/'$/, '') : call).split(' | ');
  return [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
};

const lines = [...new Set(documents.flatMap(commandsOf))];
const calls = lines
  .map((line) => line.replace(/\bnpm run (mutants|docs|bench)(?: --(?= ))?/, 'npx corral $1'))
  .filter((line) => line.includes('npx corral '))
  .map((line) => [line, argumentsOf(line)] as const);

const scenarios = [
  ...globSync('e2e/scenarios/**/*.e2e.ts', { cwd: root }).map(read),
  taughtScenario().text,
].flatMap((source) => readScenarios(source).scenarios.map(({ name }) => name));

test.each(calls.filter(([, [name]]) => name === 'e2e'))('%s is understood', (line, [, ...argv]) => {
  const withWords = (text: string, [word, means]: [string, string]) => text.replace(word, means);
  const given = argv.map((each) => Object.entries(words).reduce(withWords, each));
  const { only = '' } = parseArguments(given, Object.keys(providers));
  expect(scenarios).toContainEqual(expect.stringMatching(only));
  const variables = [...line.matchAll(/\b(CORRAL_\w+)=(\S+)/g)].map(([, name = '', value]) => [name, value]);
  expect(() => emulatorSettings(Object.fromEntries(variables))).not.toThrow();
});

test.each(calls)('%s: the command and its flags are there', async (_, argv) => {
  const command: string[] = [];
  let help = await helpOf();
  for (const word of argv) {
    if (!named(help).includes(word)) break;
    command.push(word);
    help = await helpOf(...command);
  }
  if (!argv[0]?.startsWith('-')) expect(command).not.toEqual([]);
  const flags = argv.filter((word) => word.startsWith('--')).map((word) => word.replace(/=.*$/, ''));
  expect(flags.filter((flag) => !new RegExp(`${flag}\\b`).test(help))).toEqual([]);
});

test('commands in the running text are there', () => {
  const inline = [...documents, ...ofFolders].flatMap((path) => [
    ...read(path).matchAll(/\b(?:npm run|npx corral) (?:--silent )?([a-z][\w:-]*\w)/g),
  ]);
  const isThere = (line: string, name: string) =>
    line.startsWith('npx') ? subcommands.includes(name) : scripts[name] !== undefined;
  expect(inline.filter(([line, name = '']) => !isThere(line, name)).map(([line]) => line)).toEqual([]);
});

test('every script and every command is in a document', () => {
  const all = documents.map(read).join('\n');
  const expected = [
    ...Object.keys(scripts).map((name) => `npm (?:run )?${name}`),
    ...subcommands.filter((name) => scripts[name] === undefined).map((name) => `npx corral ${name}`),
  ];
  expect(expected.filter((line) => !new RegExp(`\\b${line}\\b`).test(all))).toEqual([]);
});

test('CI runs the two commands of the README', () => {
  for (const command of ['npm ci && npm test', 'npm ci && npm run e2e']) expect(lines).toContain(command);
  for (const command of ['npm ci ', 'npm test ', 'npm run --silent e2e '])
    expect(read('.ci/run')).toContain(`run ${command}`);
});

test('no command escapes by being written in another way', () => {
  const prose = documents.flatMap((path) => proseOf(path).split('\n'));
  expect(prose.filter((line) => /^(?: {4}|\t)\s*(?:npm|npx|[A-Z_]+=)/.test(line))).toEqual([]);
  const fenced = documents.flatMap((path) => [...read(path).matchAll(/^```(\w*)\n[\s\S]*?^```$/gm)]);
  const languages = fenced.map(([, language = '']) => language);
  expect(languages.filter((language) => !['sh', 'ts', 'json', 'text'].includes(language))).toEqual([]);
});
