import { expect, test } from 'vitest';
import { blocksOf, documents, read, taughtScenario } from './support/documents.ts';

// However it is broken into lines, and without comments: these are for who knows the rest of the file.
const plain = (text: string): string =>
  text
    .replaceAll(/^\s*\/\/.*$/gm, '')
    .replaceAll(/\s+/g, '')
    .replaceAll(/,(?=[)\]}])/g, '');

const quotes = documents.flatMap((path) =>
  blocksOf(path, 'ts').map((text): [string, string] => [path, text]),
);

test.each(quotes)('%s: what is quoted is to be found where it says that it comes from', (_, text) => {
  const [head = '', ...rest] = text.split('\n');
  const [, source] = /^\/\/ (?:from )?(e2e\/\S+)$/.exec(head) ?? [];
  expect(source, `the block begins with // from FILE: ${head}`).toBeDefined();
  if (source === taughtScenario().path) return;
  expect(plain(read(source ?? ''))).toContain(plain(rest.join('\n')));
});
