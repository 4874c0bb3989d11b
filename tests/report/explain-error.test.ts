import { expect, test } from 'vitest';
import { explainError } from '../../e2e/report/explain-error.ts';

const withStack = (error: Error, stack = ''): Error => Object.assign(error, { stack });

test.each([
  ['a value that is no error', 'gone', 'gone'],
  [
    'a cause',
    withStack(new TypeError('no volume', { cause: withStack(new Error('no disk')) })),
    'TypeError: no volume\nbecause of no disk',
  ],
  [
    'a cause whose text is in that of the error',
    withStack(new Error('no disk\n- on node1', { cause: withStack(new Error('no disk')) })),
    'no disk\n- on node1',
  ],
  [
    'several at once',
    withStack(new AggregateError([withStack(new Error('one')), withStack(new Error('two'))], 'both failed')),
    'AggregateError: both failed\n- one\n- two',
  ],
  [
    'a stack: where in this project, at most three places',
    withStack(
      new Error('broken'),
      'Error: broken\n    at a (/p/steps/a.ts:1:1)\n    at b (node:internal/x:1:1)\n    at c (/p/node_modules/x.js:1:1)\n    at d (/p/d.ts:1:1)\n    at e (/p/e.ts:1:1)\n    at f (/p/f.ts:1:1)',
    ),
    'broken\n    at a (/p/steps/a.ts:1:1)\n    at d (/p/d.ts:1:1)\n    at e (/p/e.ts:1:1)',
  ],
  [
    'a verdict: composed for the reader, so without name and stack',
    Object.assign(withStack(new TypeError('expected Pending'), '\n    at a (/p/a.ts:1:1)'), { verdict: {} }),
    'expected Pending',
  ],
])('%s', (_, error, text) => expect(explainError(error)).toBe(text));
