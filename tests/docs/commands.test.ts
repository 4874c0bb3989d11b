import { globSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { parseArguments } from '../../e2e/cli/arguments/parse.ts';
import { readScenarios } from '../../e2e/cli/traceability/sources.ts';
import { runLabCommand } from '../../lab/command/run.ts';
import { emulatorSettings } from '../../providers/emulator-settings.ts';
import { providers } from '../../providers/index.ts';
import { plainProgress } from '../../providers/progress.ts';
import { runCorral } from '../../scripts/commands.ts';
import { captured, runInProcess } from '../support/run-in-process.ts';
import { commands } from './commands.ts';
import {
  commandsOf,
  documents,
  ofFolders,
  proseOf,
  read,
  root,
  taughtScenario,
} from './support/documents.ts';

const told = documents.flatMap(commandsOf);
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

test('every command of the documents has a row that says how it is run, and no other is there', () => {
  expect(Object.keys(commands).toSorted()).toEqual([...new Set(told)].toSorted());
});

const named = Object.entries(commands).flatMap(([command, how]) =>
  'by' in how ? [[command, how.by, how.holds] as const] : [],
);

test.each(named)('%s is run by %s', (_, by, holds) => expect(read(by)).toContain(holds));

const understood = Object.entries(commands).flatMap(([command, how]) =>
  'reads' in how ? [[command, how] as const] : [],
);
const scenarios = [
  ...globSync('e2e/scenarios/**/*.e2e.ts', { cwd: root }).map(read),
  taughtScenario().text,
].flatMap((source) => readScenarios(source).scenarios.map(({ name }) => name));

test.each(understood)('%s is understood', (command, { reads, words = {} }) => {
  const [, variables = '', flags = ''] = /^((?:\w+=\S+ )*)npx corral e2e (.*)$/.exec(command) ?? [];
  const argv = [...flags.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const toNamed = (line: string, [word, means]: [string, string]) => line.replace(word, means);
  const named = argv.map((each) => Object.entries(words).reduce(toNamed, each));
  const read = parseArguments(named, Object.keys(providers));
  expect(read).toMatchObject(reads);
  expect(scenarios).toContainEqual(expect.stringMatching(read?.only ?? ''));
  const pairs = [...variables.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value]) => [name, value]);
  expect(() => emulatorSettings(Object.fromEntries(pairs))).not.toThrow();
});

const withoutLab = Object.entries(commands).flatMap(([command, how]) =>
  'withoutLab' in how ? [[command, how.withoutLab] as const] : [],
);

test.each(withoutLab)('%s asks for a lab that is up', async (command, stderr) => {
  vi.stubEnv('XDG_CACHE_HOME', '/nowhere');
  const [, words = ''] = /^npx corral lab (.*)$/.exec(command) ?? [];
  const ended = await runInProcess(() => runLabCommand(words.split(' '), plainProgress(() => {}).step));
  expect(ended).toEqual({ exitCode: 1, stdout: '', stderr });
});

const help = await captured(() => runCorral(['--help']));
const subcommands = [...help.stdout.matchAll(/^ {2}([a-z0-9-]+) {2,}\S/gm)].map(([, name = '']) => name);

test('commands in the running text are there', () => {
  const inline = [...documents, ...ofFolders].flatMap((path) => [
    ...proseOf(path).matchAll(/\b(?:npm run|npx corral) (?:--silent )?([\w:-]*\w)/g),
  ]);
  expect(inline.length).toBeGreaterThan(10);
  const isThere = (line: string, name: string) =>
    line.startsWith('npx') ? subcommands.includes(name) : scripts[name] !== undefined;
  expect(inline.filter(([line, name = '']) => !isThere(line, name)).map(([line]) => line)).toEqual([]);
});

// `lint -- --write` is the same, and `lint` is to have it.
const unsaid = ['format'];

test('every script and every command is in a document', () => {
  const all = documents.map(read).join('\n');
  const lines = [
    ...Object.keys(scripts)
      .filter((name) => !unsaid.includes(name))
      .map((name) => `npm (?:run )?${name}`),
    ...subcommands.filter((name) => scripts[name] === undefined).map((name) => `npx corral ${name}`),
  ];
  expect(lines.filter((line) => !new RegExp(`\\b${line}\\b`).test(all))).toEqual([]);
});

test('no command escapes by being written in another way', () => {
  const lines = documents.flatMap((path) => proseOf(path).split('\n'));
  expect(lines.filter((line) => /^(?: {4}|\t)\s*(?:npm|npx|[A-Z_]+=)/.test(line))).toEqual([]);
  const fenced = documents.flatMap((path) => [...read(path).matchAll(/^```(\w*)\n[\s\S]*?^```$/gm)]);
  const languages = fenced.map(([, language = '']) => language);
  expect(languages.filter((language) => !['sh', 'ts', 'json', 'text'].includes(language))).toEqual([]);
});
