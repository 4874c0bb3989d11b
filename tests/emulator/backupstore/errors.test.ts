import { expect, test } from 'vitest';
import { inGoWords } from '../../../emulator/backupstore/errors.ts';

const failure = (more: object) => Object.assign(new Error('in the words of Node'), more);

test.each([
  [{ errno: -1, code: 'EPERM', syscall: 'unlink', path: '/a' }, 'unlinkat /a: operation not permitted'],
  [{ errno: -13, code: 'EACCES', syscall: 'open', path: '/a' }, 'open /a: permission denied'],
  [{ errno: -5, code: 'EIO', syscall: 'read' }, 'read /given: input/output error'],
  [{ errno: -116, code: 'ESTALE', syscall: 'scandir', path: '/a' }, 'open /a: stale NFS file handle'],
  [{ errno: -28, code: 'ENOSPC', syscall: 'write' }, 'write /given: no space left on device'],
  [
    { errno: -1, code: 'EPERM', syscall: 'rename', path: '/a.tmp.1', dest: '/a' },
    'rename /a.tmp.1 /a: operation not permitted',
  ],
])('%j is said as Go says it', (error, text) => {
  expect(inGoWords(failure(error), '/given')).toMatchObject({ message: text });
});

test('an error that is none of the file system is left as it is', () => {
  const error = new Error('other');
  expect(inGoWords(error, '/given')).toBe(error);
});
