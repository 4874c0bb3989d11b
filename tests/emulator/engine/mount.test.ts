import { expect, test } from 'vitest';
import { createSharedReader } from '../../../emulator/engine/mount.ts';

test('what can be read answers, and what cannot says why', async () => {
  const read = createSharedReader();
  await read(import.meta.dirname);
  await expect(read(`${import.meta.dirname}/nowhere`)).rejects.toThrow(/no such file/);
});

test('who asks while it is being read gets the same answer, who comes later and another mount point do not', async () => {
  const mounted: string[] = [];
  const answers = Promise.withResolvers<void>();
  const read = createSharedReader(async (mountPoint) => {
    mounted.push(mountPoint);
    await answers.promise;
  });
  const looks = ['/silent', '/silent', '/other'].map(read);
  expect(mounted).toEqual(['/silent', '/other']);
  answers.reject(new Error('gone'));
  expect(await Promise.allSettled(looks)).toMatchObject(looks.map(() => ({ reason: { message: 'gone' } })));
  await expect(read('/silent')).rejects.toThrow('gone');
  expect(mounted).toEqual(['/silent', '/other', '/silent']);
});
