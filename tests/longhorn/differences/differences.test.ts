import semver from 'semver';
import { expect, test } from 'vitest';
import {
  type DifferenceId,
  differences,
  differsIn,
  toFinding,
} from '../../../e2e/longhorn/differences/differences.ts';

const ids = Object.keys(differences) as DifferenceId[];

test.for(ids)(
  '%s says which document is meant, what is so, for which versions and where it was seen',
  (id) => {
    const { title, document, product, versions, seen, link } = differences[id];
    expect(semver.validRange(versions)).not.toBe(null);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(document).toMatch(
      /^(manual test "|knowledge base, "|enhancement proposal \d|issue longhorn\/longhorn#\d)/,
    );
    for (const text of [product, seen]) expect(text).not.toMatch(/^\s*$|\.$/);
    if (link !== undefined) expect(link).toMatch(/^https:\/\/github\.com\/longhorn\/longhorn\/issues\/\d+$/);
  },
);

test('a title belongs to one difference', () => {
  expect(new Set(ids.map((id) => differences[id].title)).size).toBe(ids.length);
});

test('a finding says what was met, what is written and what is known', () => {
  expect(toFinding('retry-interval', 'Retried after 65 s.')).toEqual({
    title: 'A failed deletion is tried again far later than the proposal says',
    detail: expect.stringMatching(
      /^Retried after 65 s\. Documented: enhancement proposal 20240801: .* Known: again after 1, 2, 4, /,
    ),
    link: 'https://github.com/longhorn/longhorn/issues/8746',
  });
});

test.for([
  ['v1.8.0', ['snapshot-cleanup-fails-the-job']],
  ['v1.8.2', ['snapshot-cleanup-fails-the-job']],
  ['v1.9.0', ['snapshot-cleanup-stops-the-job', 'job-hides-failure']],
  ['v1.12.1', ['snapshot-cleanup-stops-the-job', 'job-hides-failure']],
  ['v1.13.0', ['snapshot-cleanup-stops-the-job', 'job-hides-failure']],
] as const)('a job that may not delete snapshots fails in a v1.8 only: %s', ([version, holding]) => {
  const ends = [
    'snapshot-cleanup-fails-the-job',
    'snapshot-cleanup-stops-the-job',
    'job-hides-failure',
  ] as const;
  expect(ends.filter((id) => differsIn(id, version))).toEqual(holding);
});

test('a difference without an issue has no link', () => {
  expect(toFinding('completed-job-wording', 'Seen.')).not.toHaveProperty('link');
});
