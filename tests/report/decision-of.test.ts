import { expect, test } from 'vitest';
import { decisionOf } from '../../e2e/report/decision-of.ts';

test.each([
  ['Expected: it goes off\nGot:      on\n\nBroken at', 'Expected: it goes off; Got: on'],
  ['expected: 100%\n  got: another', 'expected: 100%'],
  ['it broke\n    at somewhere', 'it broke'],
  ['', ''],
])('%j', (reason, line) => expect(decisionOf(reason)).toBe(line));
