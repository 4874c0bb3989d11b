import { describe, expect, test } from 'vitest';
import { describeFailedDeletion } from '../../../e2e/longhorn/messages/deletion-cause.ts';
import { meaningsOf, type Where } from '../../../e2e/longhorn/messages/look-up.ts';

const lock = (operation: string) =>
  `failed to acquire lock backupstore/volumes/8b/8e/v/locks/lock-1.lck when performing backup ${operation}, please try again later`;
const idsOf = (text: string, where: Where = {}) => meaningsOf(text, where).map(({ id }) => id);
const inField = (name: string): Where => ({ isField: (field) => field === name });

const missing = 'Failed to get the Snapshot s';
const counting = 'a b is still in progress: backup b is still in progress';

describe('a text has the meanings that its wordings allow', () => {
  test.for<[string, string, Where, string[]]>([
    ['two, by field', missing, {}, ['waits-for-readiness', 'creation-without-snapshot']],
    ['one, by its field', missing, inField('status.error'), ['creation-without-snapshot']],
    ['one, by its state', missing, { state: 'pending' }, ['waits-for-readiness']],
    ['a row that names no state, in any', counting, { state: 'X' }, ['blocks-not-counted']],
    ['none in a field where it is not said', missing, inField('status.messages.error'), []],
    ['none in a version that did not say it', missing, { version: 'v1.7.2' }, []],
    ['a whole failed deletion', describeFailedDeletion(lock('delete')), {}, ['deletion-lost-lock']],
    ['none that nobody knows', 'the dog ate it', {}, []],
    ['none for the empty text', '', {}, []],
  ])('%s', ([, text, where, ids]) => {
    expect(idsOf(text, where)).toEqual(ids);
  });

  test('the cause of a failed deletion by itself, which is told', () => {
    const [whole] = meaningsOf(describeFailedDeletion(lock('delete')));
    const [cause] = meaningsOf(lock('delete'));
    expect([whole?.asCause, cause?.asCause]).toEqual([false, true]);
    expect(cause?.id).toBe('deletion-lost-lock');
  });

  test('only the wordings that the text has, and that hold for the version', () => {
    const text = `failed to backup snapshot s to b: ${lock('create/restore')}`;
    const versionsIn = (version?: string) =>
      meaningsOf(text, version ? { version } : {})[0]?.wordings.map(({ versions }) => versions);
    expect(versionsIn()).toEqual(['>=1.8.0']);
    expect(versionsIn('v1.7.0')).toBeUndefined();
  });
});
