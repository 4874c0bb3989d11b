import { expect, test } from 'vitest';
import { reportedDifferences, rewrite, sections } from '../../e2e/cli/docs.ts';
import { ApiError } from '../../e2e/kube/errors.ts';
import { openHealth } from '../../e2e/kube/health.ts';
import { differences } from '../../e2e/longhorn/differences/differences.ts';
import { anchorsOf, documents, proseOf, read } from './support/documents.ts';

test.each(documents)('%s has what the code has: npm run docs writes it', (path) => {
  expect(read(path)).toBe(rewrite(read(path), sections));
});

test('every section is in a document', () => {
  const all = documents.map(read).join('\n');
  expect(Object.keys(sections).filter((name) => !all.includes(`<!-- npm run docs: ${name} -->`))).toEqual([]);
});

test.each([
  ['<!-- npm run docs: two -->\n<!-- end -->\n', 'there is no section named two; there are: one'],
  ['<!-- npm run docs: one -->\n', 'section one has no end: write <!-- end --> behind it'],
])('%j is refused', (text, message) => {
  expect(() => rewrite(text, { one: () => ['1'] })).toThrow(message);
});

test('every difference has a place of its own in the versions', () => {
  expect(anchorsOf('docs/versions.md')).toEqual(expect.arrayContaining(Object.keys(differences)));
});

/** The title of the finding about an API server after such an answer, as the documents write it. */
const titleAfter = (status: number): string => {
  const health = openHealth({ isEarly: (refusal) => refusal.status === 422 });
  health.ended(new ApiError('', { status, reason: '' }));
  const { title = '' } = health.summary() ?? {};
  return title.replace(/\d\S* m?s$/, 'TIME').replace('1 request', 'N requests');
};

test('the findings are those that steps report; those about the cluster have the titles that the code has', () => {
  expect(reportedDifferences()).toContain('no-record-is-brief');
  expect(reportedDifferences()).not.toContain('retry-interval');
  const steps = read('e2e/suite/steps/find-longhorn.ts');
  const titles = [...steps.matchAll(/title: '([^']+)'/g)].map(([, title = '']) => title);
  expect(titles).toHaveLength(2);
  titles.push(...[503, 429, 422].map(titleAfter));
  expect(new Set(titles).size).toBe(5);
  for (const title of titles) expect(proseOf('docs/findings.md')).toContain(`| ${title} |`);
});
