import { expect, test } from 'vitest';
import { orAborted } from '../../e2e/kube/or-aborted.ts';

const never = new Promise<never>(() => {});
const interrupted = new Error('interrupted by SIGINT');

test('an abort ends a wait for work, also one that came before, and not after the work is done', async () => {
  const abort = new AbortController();
  expect(await orAborted(Promise.resolve(7), abort.signal)).toBe(7);
  const work = orAborted(never, abort.signal);
  abort.abort(interrupted);
  await expect(work).rejects.toBe(interrupted);
  await expect(orAborted(Promise.resolve(7), abort.signal)).rejects.toBe(interrupted);
});
