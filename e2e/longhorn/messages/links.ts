import { issue } from '../differences/difference.ts';

const issues = /longhorn\/longhorn((?:#\d+(?:, (?=#))?)+)/g;
const article = /knowledge base, ([\w-]+)/g;
const managerSource = /((?:[\w/]+\.go(?: and )?)+), source (?:of (?:v\d[\d.]* to )?(v\d[\d.]*\d)|after v\d)/g;
const storeSource = /^backupstore(?:,|'s)/;

const each = (text: string, pattern: RegExp, toLinks: (match: RegExpExecArray) => string[]): string[] =>
  [...text.matchAll(pattern)].flatMap(toLinks);

/** The URLs of the sources that `seen` of a wording names: issues, articles of the knowledge base, source files. */
export const linksOf = (seen: string): string[] => [
  ...each(seen, issues, ([, numbers = '']) =>
    numbers.split(', ').map((number) => issue(Number(number.slice(1)))),
  ),
  ...each(seen, article, ([, slug]) => [`https://longhorn.io/kb/${slug}/`]),
  ...each(seen, managerSource, ([, paths = '', version = 'master']) =>
    paths
      .split(' and ')
      .map((path) => `https://github.com/longhorn/longhorn-manager/blob/${version}/${path}`),
  ),
  ...(storeSource.test(seen) ? ['https://github.com/longhorn/backupstore'] : []),
];
