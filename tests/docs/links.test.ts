import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchorsOf, documents, ofFolders, proseOf, root, taughtScenario } from './support/documents.ts';

const link = /\]\(([^)\s]+)\)/g;

/** What a link points to, from the project's root; a place of its own document has no path. */
const linksOf = (path: string): { to: string; path: string; anchor: string | undefined }[] =>
  [...proseOf(path).matchAll(link)]
    .map(([, to = '']) => to)
    .filter((to) => !/^https?:/.test(to))
    .map((to) => {
      const [file = '', anchor] = to.split('#');
      return { to, path: file === '' ? path : join(dirname(path), file), anchor };
    });

describe.each([...documents, ...ofFolders])('%s', (path) => {
  test('links to files that are there, and to places in them', () => {
    const wrong = linksOf(path).filter(
      (each) =>
        !existsSync(join(root, each.path)) ||
        (each.anchor !== undefined && !anchorsOf(each.path).includes(each.anchor)),
    );
    expect(wrong.map(({ to }) => to)).toEqual([]);
  });

  test('names files and folders of the project that are there', () => {
    const inProject =
      /`((?:e2e|docs|tests|fixtures|lab|emulator|providers|bench|scripts|\.github|\.ci)\/[\w./-]*)`/g;
    const files = [...proseOf(path).matchAll(inProject)].map(([, file = '']) => file);
    const missing = files.filter((file) => !existsSync(join(root, file)));
    expect(missing.filter((file) => file !== taughtScenario().path)).toEqual([]);
  });
});

test('every document is linked from the README, or from one that is', () => {
  const found = new Set(['README.md']);
  for (const path of found)
    for (const each of linksOf(path)) if (documents.includes(each.path)) found.add(each.path);
  expect([...found].toSorted()).toEqual(documents.toSorted());
});
