import { expect, test } from 'vitest';
import { whyNoTags } from '../../e2e/suite/tags-expression.ts';

test.each(['ui', '!ui && (upload || NOT expiring)', 'backup-* and !(ui or upload)'])('%s', (expression) => {
  expect(whyNoTags(expression)).toBeUndefined();
});

test.each([
  ['quick', 'there is no tag "quick"'],
  ['ui && (upload || quick)', 'there is no tag "quick"'],
  ['ui & upload', 'unexpected "&"'],
  ['ui |', 'unexpected "|"'],
  ['ui upload', 'unexpected "upload"'],
  ['ui &&', 'unexpected "end"'],
  ['(ui', 'unexpected "end"'],
  ['ui)', 'unexpected ")"'],
  ['()', 'unexpected ")"'],
])('%s is refused', (expression, why) => {
  expect(whyNoTags(expression)).toContain(why);
});
