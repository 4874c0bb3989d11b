import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type DifferenceId, differences } from '../../longhorn/differences/differences.ts';
import { code, table } from './markdown.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const reported = /toFinding\(\s*'([\w-]+)'/g;

/** The differences that steps report as findings when they meet them, in the order of the table. */
export const reportedDifferences = (): DifferenceId[] => {
  const sources = globSync('e2e/suite/steps/**/*.ts', { cwd: root }).map((file) => readFileSync(`${root}${file}`, 'utf8'));
  const found = new Set(sources.flatMap((source) => [...source.matchAll(reported)].map(([, id]) => id)));
  return (Object.keys(differences) as DifferenceId[]).filter((id) => found.has(id));
};

/** The findings that come of a difference between documents and product, a line each. */
export const tellFindings = (): string[] =>
  table(
    ['finding', 'Longhorn', 'difference'],
    reportedDifferences().map((id) => {
      const { title, versions } = differences[id];
      return [title, versions === '*' ? 'every version' : code(versions), `[${id}](versions.md#${id})`];
    }),
  );
