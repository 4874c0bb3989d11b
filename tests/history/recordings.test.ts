import { expect, describe as suite, test } from 'vitest';
import { type Expectation, evaluate } from '../../e2e/history/expectation.ts';
import { type Backup, backups, normal, recording, steps } from './longhorn-recordings.ts';

const { waiting, pending, inProgress, completed, deleting, error, denied, forgotten, locked, gone } = steps;

/** Evaluates, and fails with the explanation instead of with a word. */
const met = (expectation: Expectation<Backup> | undefined) => {
  if (expectation === undefined) throw new Error('no expectation');
  const verdict = evaluate(expectation);
  expect(verdict.state, verdict.text).toBe('met');
};

suite('the seed, case Normal, holds for a real Longhorn', () => {
  test.each([
    ['v1.12.1/normal', { first: 'zn-b1', second: 'zn-b2', from: 'when b1 deleted', quick: true }],
    ['v1.12.1/held', { first: 'ho-b1', second: 'ho-b2', from: 'when b1 deleted', quick: true }],
    ['v1.8.2/normal', { first: 'zn-b1', second: 'zn-b2', from: 'when b1 deleted' }],
  ] as const)('%s', async (name, names) => {
    const { first, second } = normal(await recording(name), names);
    met(first);
    met(second);
  });
});

suite('the seed, case Delete Error, holds for a real Longhorn', () => {
  test.each(['v1.12.1/delete-error', 'v1.8.2/delete-error'])('%s', async (name) => {
    const { first, second, firstIs } = backups(await recording(name), {
      first: 'ze-b1',
      second: 'ze-b2',
      from: 'when b1 deleted',
    });
    met(first.goes(deleting, denied, deleting, denied, deleting, gone));
    met(second.goes(inProgress, completed).withoutEver(pending).while(firstIs(error)));
  });

  test('v1.8.2/delete-error-same-time: the second waits for the attempt, not for the retry', async () => {
    const names = { first: 'sa-b1', second: 'sa-b2', from: 'delete b1, create b2' };
    const { first, second, firstIs } = backups(await recording('v1.8.2/delete-error-same-time'), names);
    met(first.goes(deleting, denied, deleting, denied, deleting, gone));
    met(second.goes(waiting, inProgress, completed).withoutEver(inProgress).while(firstIs(deleting)));
  });

  test('v1.8.2/wrapped-engine', async () => {
    const { first } = backups(await recording('v1.8.2/wrapped-engine'), {
      first: 'sa-b3',
      from: 'delete b3',
    });
    met(first.goes(deleting, error, deleting, gone));
  });
});

suite('the seed, case Controller Crash, holds for a real Longhorn', () => {
  test('v1.12.1/controller-crash: the state that lives for milliseconds is in the history', async () => {
    const { first } = backups(await recording('v1.12.1/controller-crash'), {
      first: 'zc-b1',
      from: 'when b1 deleted',
    });
    met(first.goes(deleting, forgotten, deleting, denied, deleting, gone));
  });

  test('v1.12.1/held-crash', async () => {
    const { first } = backups(await recording('v1.12.1/held-crash'), {
      first: 'ho-b3',
      from: 'when b3 deleted',
    });
    met(first.goes(deleting, forgotten, deleting, gone));
  });
});

test('v1.12.1/lock-conflict: the deletion fails on the lock and is retried, the upload goes on', async () => {
  const names = { first: 'zl-b1', second: 'zl-b2', from: 'b2 in progress, delete b1' };
  const { first, second } = backups(await recording('v1.12.1/lock-conflict'), names);
  met(first.goes(deleting, locked, deleting, gone));
  met(second.goes(inProgress, completed));
});
