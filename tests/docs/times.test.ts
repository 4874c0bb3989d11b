import { expect, test } from 'vitest';
import { readTimes, timeOf } from '../../e2e/machine/times.ts';
import { documents, read } from './support/documents.ts';

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
