import { expect, test, vi } from 'vitest';
import { plainProgress } from '../../providers/progress.ts';

test('a step is reported when it starts and when it ends, with its time, and where it was when it failed', async () => {
  const lines: string[] = [];
  const progress = plainProgress((line) => lines.push(line.replace(/\d+(\.\d+)? m?s/, '<time>')));
  expect(await progress.step('Building', async () => 7)).toBe(7);
  const failing = progress.step('Booting', async (update) => {
    update('node1');
    update('node2');
    throw new Error('no kernel');
  });
  await expect(failing).rejects.toThrow('no kernel');
  await expect(progress.step('Going', () => Promise.reject(new Error('at once')))).rejects.toThrow('at once');
  expect(lines).toEqual([
    ...['Building ...', 'Building: <time>'],
    ...['Booting ...', 'Booting: <time>, failed at: node2'],
    ...['Going ...', 'Going: <time>, failed'],
  ]);
});

test('every 10 s one line reports all steps that are under way, and how far they are', async () => {
  vi.useFakeTimers();
  const lines: string[] = [];
  const progress = plainProgress((line) => lines.push(line));
  const fetched = Promise.withResolvers<void>();
  const compiled = progress.step('[1/9] Compile', async (update) => {
    update('1 of 57 packages compiled');
    await fetched.promise;
  });
  const tools = progress.step('[2/9] Fetch', () => fetched.promise);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(lines).toEqual(['[1/9] Compile ...', '[2/9] Fetch ...']);
  await vi.advanceTimersByTimeAsync(1);
  expect(lines.slice(2)).toEqual(['... [1/9] Compile: 10 s, 1 of 57 packages compiled; [2/9] Fetch: 10 s']);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lines).toHaveLength(4);
  fetched.resolve();
  await Promise.all([compiled, tools]);
  expect(vi.getTimerCount()).toBe(0);
});
