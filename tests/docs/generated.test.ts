import { expect, test } from 'vitest';
import { reportedDifferences, rewrite, sections } from '../../e2e/cli/docs.ts';
import { faultNamed } from '../../e2e/faults/faults.ts';
import { labFaultKind } from '../../e2e/faults/lab-faults.ts';
import { ApiError } from '../../e2e/kube/errors.ts';
import { openHealth } from '../../e2e/kube/health.ts';
import { differences } from '../../e2e/longhorn/differences/differences.ts';
import { readTimes, timeOf } from '../../e2e/machine/times.ts';
import { keysHelp } from '../../e2e/report/html/page/chart/keys.ts';
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

test('every fault of the lab is in the table', () => {
  const exported = read('e2e/faults/lab-faults.ts').matchAll(
    /^export const (?!applyInLab|describeGoneLab|compactEtcd|labFaultKind\b)(\w+) =/gm,
  );
  const faults = [...exported].map(([, name = '']) => name);
  expect(faults.length).toBeGreaterThan(5);
  expect(faults.filter((name) => !labFaultKind.document.about.includes(`\`${name}\``))).toEqual([]);
});

test('what it says of bounds is what the code has', () => {
  const boundOf = (ledgerName: string) => faultNamed(ledgerName)?.document.bound;
  expect(read('e2e/faults/held-deletion.ts')).toContain('{ search: 60, hold: 120 }');
  expect(boundOf('held-deletion')).toMatch(/60 s .* 120 s/);
  const stalled = read('e2e/faults/store/server-stalled.ts').match(/(?<=bound: )\d+/g);
  expect(stalled).toEqual(['25', '2400', '300']);
  expect(boundOf('stalled-server')).toMatch(/25 s .* 40 min .* 5 min/);
});

const text = proseOf('docs/reading-a-report.md');

test('the events of --output json are those that there are', () => {
  const events = read('e2e/report/json-events.ts').matchAll(/\bline\('([\w-]+)'/g);
  const known = [...events].map(([, name]) => name);
  const documented = /for programs: (`run-start`[^.]*)\./.exec(text)?.[1]?.match(/[\w-]+/g) ?? [];
  expect(known.length).toBeGreaterThan(10);
  expect([...documented].toSorted()).toEqual([...new Set(known)].toSorted());
});

test('the keys of a timeline are documented', () => {
  const keys = keysHelp.map(([each]) => each.replace('Shift ← →', 'Shift')).filter((each) => each !== 'Tab');
  expect(keys.filter((each) => !text.includes(each))).toEqual([]);
});

const seconds = (...all: number[]) => ({
  ...readTimes(),
  build: all.map((each) => ({ seconds: each, machine: 'm', date: '2026-11-26', commit: null, from: 'f' })),
});

test.each([
  [[], 'not measured yet'],
  [[5], '5 s'],
  [[8.46], '8.5 s'],
  [[55, 75], '55 to 75 s'],
  [[900, 360, 660], '6 to 15 min'],
  [[365, 371], '6 min'],
  [[3600], '60 min'],
  [[5400, 9000], '1.5 to 2.5 h'],
])('%j seconds are %s', (all, text) => {
  expect(timeOf('build', seconds(...all))).toBe(text);
});

// What is measured stands in the parts that npm run docs writes, and nowhere else.
test.each(documents)('%s says by hand how long no command takes', (path) => {
  const handWritten = read(path).replaceAll(/<!-- npm run docs: [\s\S]*?<!-- end -->/g, '');
  const named = /\bnpm (run (e2e|conformance|mutants)|test)\b|\bbuilds? (the lab|it)\b|conformance/;
  const time = /\d (min|h)\b|\b\w+ to \w+ minutes\b|\babout an hour\b|\b(six|seven|eight|nine|ten) minutes\b/;
  const lines = handWritten.split('\n').filter((line) => named.test(line));
  expect(lines.flatMap((line) => time.exec(line)?.[0] ?? [])).toEqual([]);
});
