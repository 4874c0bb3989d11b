import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type DifferenceId, differences, differsIn } from '../../longhorn/differences/differences.ts';
import { code, table } from './markdown.ts';

const workflow = new URL('../../../.github/workflows/longhorn.yml', import.meta.url);

const ids = Object.keys(differences) as DifferenceId[];

/** The versions that the workflow plays each night, but for what is no release yet. */
const nightlyVersions = (): string[] => {
  const { jobs } = parse(readFileSync(workflow, 'utf8'));
  const versions: string[] = jobs.play.strategy.matrix.longhorn;
  return versions.filter((version) => /^v\d/.test(version));
};

/** A difference a line, a version of Longhorn a column. */
export const tellVersions = (): string[] => {
  const versions = nightlyVersions();
  return table(
    ['', ...versions],
    ids.map((id) => [`[${id}](#${id})`, ...versions.map((version) => (differsIn(id, version) ? 'yes' : ''))]),
  );
};

/** Every difference with what a document says, what is so, for which versions and where it was seen. */
export const tellDifferences = (): string[] =>
  ids.flatMap((id, index) => {
    const { title, document, product, versions, seen, link } = differences[id];
    return [
      ...(index === 0 ? [] : ['']),
      `### ${id}`,
      '',
      `${title}.`,
      '',
      `- Documented: ${document}.`,
      `- Known: ${product}.`,
      `- Holds for: ${versions === '*' ? 'every version' : code(versions)}. Seen: ${seen}.`,
      ...(link === undefined ? [] : [`- <${link}>`]),
    ];
  });
