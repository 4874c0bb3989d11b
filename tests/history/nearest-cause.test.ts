import { expect, test } from 'vitest';
import { ExpectationError, waitUntil } from '../../e2e/history/expectation.ts';
import { namingCause } from '../../e2e/history/nearest-cause.ts';
import type { NearestCause } from '../../e2e/history/verdict.ts';
import { timelineOf } from './lamps.ts';

const within = { label: 'it is on', within: '5ms', owner: 'a test' } as const;
const late = () => waitUntil(timelineOf('hall:off'), ({ status }) => status.state === 'on', within);

const thrown = async (work: () => Promise<unknown>, cause: () => Promise<NearestCause | undefined>) => {
  const error: unknown = await namingCause(work, cause).catch((each: unknown) => each);
  expect(error).toBeInstanceOf(Error);
  return error as ExpectationError;
};

const reason = 'timed out after 5 ms (a test): not seen that it is on';

test('what does not come names its cause in its first line, then the details, then the rest', async () => {
  const cause = { line: 'the fuse is\nburnt', details: ['fuse: burnt', 'since 7'] };
  const { verdict, message } = await thrown(late, async () => cause);
  const first = `${reason}; nearest cause: the fuse is burnt`;
  const details = '\n\nNearest cause:\n  the fuse is burnt\n  fuse: burnt\n  since 7\n\n';
  expect(message.startsWith(first + details)).toBe(true);
  expect(message).toContain('History of one of these (hall) in lamps:');
  expect(verdict).toMatchObject({ state: 'timed-out', reason });
});

test('a cause that cannot be found takes nothing from the error; what comes is what it is', async () => {
  const { verdict } = await thrown(late, () => Promise.reject(new Error('403')));
  expect(verdict).toMatchObject({
    state: 'timed-out',
    reason,
    cause: { line: expect.stringMatching(/: 403$/) },
  });
  expect((await thrown(late, async () => undefined)).verdict.cause).toBeUndefined();
  const none = async () => undefined;
  expect(await namingCause(async () => 7, none)).toBe(7);
});

test('it is bounded in its lines and their length', async () => {
  const details = Array.from({ length: 500 }, () => 'y'.repeat(10_000));
  const { message } = await thrown(late, async () => ({ line: 'x'.repeat(10_000), details }));
  expect(message.length).toBeLessThan(50_000);
  expect(message).toContain('... 440 more lines');
});

test('the innermost cause is the nearest; what is not provable, or no verdict, is not looked into', async () => {
  const of = (line: string) => async () => ({ line, details: [] });
  const { verdict } = await thrown(() => namingCause(late, of('inner')), of('outer'));
  expect(verdict.cause?.line).toBe('inner');
  const gap = { reason: 'a gap', at: 0, steps: [], last: undefined, details: '' };
  for (const error of [new ExpectationError({ ...gap, state: 'not-provable' }), new Error('no')])
    expect(await thrown(() => Promise.reject(error), of('outer'))).toBe(error);
});
