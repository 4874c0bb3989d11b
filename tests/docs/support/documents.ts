import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The documents whose commands, links and quotations are looked at. */
export const documents = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md', { cwd: root }).toSorted()];

/** The READMEs of folders, for those who work in them: their links, and the scripts that they name. */
export const ofFolders = globSync('{emulator,fixtures/*,lab}/README.md', { cwd: root }).toSorted();

/** Reads a file of the project. */
export const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

const fence = /^( *)```(\w*)\n([\s\S]*?)\n\1```$/gm;

/** The fenced blocks of a document in this language. */
export const blocksOf = (path: string, language: string): string[] =>
  [...read(path).matchAll(fence)].flatMap(([, , of, text = '']) => (of === language ? [text] : []));

/** The text of a document without its fenced blocks. */
export const proseOf = (path: string): string => read(path).replaceAll(fence, '');

/** The commands of a document: each line of its `sh` blocks. */
export const commandsOf = (path: string): string[] =>
  blocksOf(path, 'sh')
    .flatMap((text) => text.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** A heading as GitHub links to it. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** The places in a document that a link can name. */
export const anchorsOf = (path: string): string[] =>
  [...proseOf(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** The scenario that the reader adds, and where. */
export const taughtScenario = (): { path: string; text: string } => {
  const [text] = blocksOf('docs/writing-a-scenario.md', 'ts').filter((block) =>
    /^\/\/ e2e\/scenarios\/\S+\.e2e\.ts\n/.test(block),
  );
  if (text === undefined)
    throw new Error('docs/writing-a-scenario.md has no scenario that begins with its path');
  return { path: text.slice(3, text.indexOf('\n')), text: `${text.slice(text.indexOf('\n') + 1)}\n` };
};
