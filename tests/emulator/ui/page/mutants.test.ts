import { describe, expect, test } from 'vitest';
import { doomed, taken } from '../../../../emulator/ui/page/mutants.ts';
import { record } from './support.ts';

const backups = [record('a'), record('other', { volumeName: 'w' }), record('b')] as const;
const failed = record('a', { state: 'Error', messages: { error: 'failed' } });

test('without a bug a page takes backups as they are, and deletes the one that it is asked to', () => {
  expect(taken(failed, undefined)).toBe(failed);
  expect(taken(record('a', { state: 'Deleting' }), 'page-hides-error').state).toBe('Deleting');
  expect(doomed(backups[2], backups, undefined).id).toBe('b');
});

describe('with a bug', () => {
  test('page-hides-deleting', () => {
    expect(taken(record('a', { state: 'Deleting' }), 'page-hides-deleting').state).toBe('Completed');
    expect(taken(failed, 'page-hides-deleting')).toBe(failed);
  });

  test('page-hides-error', () => {
    expect(taken(failed, 'page-hides-error')).toEqual({ ...failed, messages: null });
  });

  test('page-deletes-another', () => {
    expect(doomed(backups[2], backups, 'page-deletes-another').id).toBe('a');
    expect(doomed(backups[1], backups, 'page-deletes-another').id).toBe('other');
  });
});
