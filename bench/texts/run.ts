import { writeFileSync } from 'node:fs';
import { countTexts } from './count.ts';

/** The file with the counts, which `npm run docs` reads. */
export const countsPath = new URL('../../fixtures/source-texts.json', import.meta.url);

/**
 * Counts which error texts of Longhorn's sources are recognised, writes the counts, and returns a table with
 * the unrecognised texts.
 */
export const benchTexts = (folder: string): string => {
  const { counts, rest } = countTexts(folder);
  writeFileSync(countsPath, `${JSON.stringify(counts, null, 2)}\n`);
  const rows = Object.entries(counts).flatMap(([version, repositories]) =>
    Object.entries(repositories).map(([name, { texts, operation, cause, recognised }]) =>
      [version, name, texts, operation, cause, recognised].join('\t'),
    ),
  );
  const [newest, texts = []] = Object.entries(rest).at(-1) ?? [];
  return [
    ['version', 'repository', 'texts', 'with an operation', 'with a cause', 'recognised'].join('\t'),
    ...rows,
    '',
    `not recognised in ${newest}:`,
    ...texts.map((text) => text.replaceAll('\n', '\\n')),
  ].join('\n');
};
