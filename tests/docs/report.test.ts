import { expect, test } from 'vitest';
import { keysHelp } from '../../e2e/report/html/page/chart/keys.ts';
import { proseOf, read } from './support/documents.ts';

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
