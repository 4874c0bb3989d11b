import { expect, test } from 'vitest';
import { withGracePeriod } from '../../../providers/existing/with-grace.ts';

const never = new Promise<never>(() => {});
const interrupted = new Error('interrupted by SIGINT');

test('work that is done before anybody interrupts it is what it is', async () => {
  const { signal } = new AbortController();
  expect(await withGracePeriod(Promise.resolve(7), signal)).toBe(7);
  await expect(withGracePeriod(Promise.reject(interrupted), signal)).rejects.toBe(interrupted);
});

test('who is in a hurry still gets what comes soon, and does not wait for the rest', async () => {
  const abort = new AbortController();
  const soon = new Promise((resolve) => setTimeout(() => resolve(7), 50));
  const [work, late] = [withGracePeriod(soon, abort.signal, 5000), withGracePeriod(never, abort.signal, 20)];
  abort.abort();
  await expect(late).rejects.toThrow('it was not read within 0.02 s');
  expect(await work).toBe(7);
  expect(await withGracePeriod(soon, abort.signal, 5000)).toBe(7);
  await expect(withGracePeriod(never, abort.signal, 20)).rejects.toThrow('it was not read within 0.02 s');
});
