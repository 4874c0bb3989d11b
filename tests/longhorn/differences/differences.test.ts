import semver from 'semver';
import { expect, test } from 'vitest';
import type { DifferenceId } from '../../../e2e/longhorn/differences/differences.ts';
import { differences, differsIn, toFinding } from '../../../e2e/longhorn/differences/differences.ts';

const ids = Object.keys(differences) as DifferenceId[];

test('a difference has a title of its own and a range of versions, and its finding says what was met, written and known', () => {
  expect(new Set(ids.map((id) => differences[id].title)).size).toBe(ids.length);
  expect(ids.filter((id) => semver.validRange(differences[id].versions) === null)).toEqual([]);
  expect(toFinding('retry-interval', 'Retried after 65 s.')).toEqual({
    code: 'retry-interval',
    title: 'A failed deletion is tried again far later than the proposal says',
    detail: expect.stringMatching(
      /^Retried after 65 s\. Documented: enhancement proposal 20240801: .* Known: again after 1, 2, 4, /,
    ),
    link: 'https://github.com/longhorn/longhorn/issues/8746',
  });
  expect(toFinding('completed-job-wording', 'Seen.')).not.toHaveProperty('link');
});

test.for([
  ['v1.8.2', 'snapshot-cleanup-fails-the-job'],
  ['v1.9.0', 'job-hides-failure snapshot-cleanup-stops-the-job'],
  ['v1.13.0', 'job-hides-failure snapshot-cleanup-stops-the-job'],
])('a job that may not delete snapshots fails in a v1.8 only: %s', ([version = '', holding]) => {
  const held = ids.filter((id) => /^(snapshot-cleanup|job-hides)/.test(id) && differsIn(id, version));
  expect(held.toSorted().join(' ')).toBe(holding);
});
