import { expect, test } from 'vitest';
import { ExpectationError, once } from '../../e2e/history/expectation.ts';
import { type Cause, namingCause } from '../../e2e/history/nearest-cause.ts';
import { played } from './lamps.ts';

const within = { label: 'it is on', within: '5ms', owner: 'a test' } as const;
const late = () => once(played('hall:off'), ({ status }) => status.state === 'on', within);

const thrown = async (work: () => Promise<unknown>, cause: () => Promise<Cause | undefined>) => {
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
  expect(verdict).toMatchObject({ state: 'timed-out', reason: first, text: message });
});

test('a cause that cannot be found takes nothing from the error; what comes is what it is', async () => {
  const { verdict, message } = await thrown(late, () => Promise.reject(new Error('403')));
  expect(message.split('\n')[0]).toBe(`${reason}; nearest cause: could not be looked for: 403`);
  expect(verdict.state).toBe('timed-out');
  expect((await thrown(late, async () => undefined)).message).not.toContain('nearest cause');
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
  const { message } = await thrown(() => namingCause(late, of('inner')), of('outer'));
  expect(message).toMatch(/nearest cause: inner(?![\s\S]*outer)/);
  const verdict = { reason: 'a gap', at: 0, steps: [], last: undefined, text: 'a gap' };
  for (const error of [new ExpectationError({ ...verdict, state: 'not-provable' }), new Error('no')])
    expect(await thrown(() => Promise.reject(error), of('outer'))).toBe(error);
});
