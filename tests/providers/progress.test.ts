import { expect, test } from 'vitest';
import { plainProgress } from '../../providers/progress.ts';

const record = () => {
  const lines: string[] = [];
  return { lines, progress: plainProgress((line) => lines.push(line.replace(/\d+(\.\d+)? m?s/, '<time>'))) };
};

test('a step is told when it starts and when it ends, with its time', async () => {
  const { lines, progress } = record();
  expect(await progress.step('Building Kubernetes', async () => 7)).toBe(7);
  expect(lines).toEqual(['Building Kubernetes ...', 'Building Kubernetes: <time>']);
});

test('a step that fails says where it was', async () => {
  const { lines, progress } = record();
  const failing = progress.step('Booting', async (update) => {
    update('node1');
    update('node2');
    throw new Error('no kernel');
  });
  await expect(failing).rejects.toThrow('no kernel');
  await expect(progress.step('Booting', () => Promise.reject(new Error('at once')))).rejects.toThrow(
    'at once',
  );
  expect(lines).toEqual([
    'Booting ...',
    'Booting: <time>, failed at: node2',
    'Booting ...',
    'Booting: <time>, failed',
  ]);
});
