import { expect, test } from 'vitest';
import { ExpectationError, once } from '../../e2e/history/expectation.ts';
import { type Cause, namingCause } from '../../e2e/history/nearest-cause.ts';
import { played } from './lamps.ts';

const late = () =>
  once(played('hall:off'), ({ status }) => status.state === 'on', {
    label: 'it is on',
    within: '5ms',
    owner: 'a test',
  });

const thrown = (work: Promise<unknown>): Promise<ExpectationError> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error) => error,
  );

test('what does not come names its cause in its first line, then the details, then the rest', async () => {
  const { verdict, message } = await thrown(
    namingCause(late, async () => ({ line: 'the fuse is\nburnt', details: ['fuse: burnt', 'since 7'] })),
  );
  const [first, ...rest] = message.split('\n');
  expect(first).toBe(
    'timed out after 5 ms (a test): not seen that it is on; nearest cause: the fuse is burnt',
  );
  expect(rest.slice(0, 6)).toEqual([
    '',
    'Nearest cause:',
    '  the fuse is burnt',
    '  fuse: burnt',
    '  since 7',
    '',
  ]);
  expect(message).toContain('History of one of these (hall) in lamps:');
  expect(verdict).toMatchObject({ state: 'timed-out', reason: first, text: message });
});

test('a cause that cannot be found takes nothing from the error', async () => {
  const { verdict, message } = await thrown(namingCause(late, () => Promise.reject(new Error('403'))));
  expect(message.split('\n')[0]).toBe(
    'timed out after 5 ms (a test): not seen that it is on; nearest cause: could not be looked for: 403',
  );
  expect(verdict.state).toBe('timed-out');
  expect((await thrown(namingCause(late, async () => undefined))).message).not.toContain('nearest cause');
});

test('it is bounded in its lines and their length', async () => {
  const many: Cause = {
    line: 'x'.repeat(10_000),
    details: Array.from({ length: 500 }, () => 'y'.repeat(10_000)),
  };
  const { message } = await thrown(namingCause(late, async () => many));
  expect(message.length).toBeLessThan(50_000);
  expect(message).toContain('... 440 more lines');
});

test('the innermost cause is the nearest', async () => {
  const inner = () => namingCause(late, async () => ({ line: 'inner', details: [] }));
  const { message } = await thrown(namingCause(inner, async () => ({ line: 'outer', details: [] })));
  expect(message).toContain('nearest cause: inner');
  expect(message).not.toContain('outer');
});

test.each([
  [
    'what is not provable',
    new ExpectationError({
      state: 'not-provable',
      reason: 'a gap',
      at: 0,
      steps: [],
      last: undefined,
      text: 'a gap',
    }),
  ],
  ['what is no verdict', new Error('no')],
])('%s is not looked into', async (_, error) => {
  const look = () => Promise.reject(new Error('it was looked into'));
  expect(await thrown(namingCause(() => Promise.reject(error), look))).toBe(error);
});

test('what comes is what it is', async () =>
  expect(
    await namingCause(
      async () => 7,
      async () => undefined,
    ),
  ).toBe(7));
