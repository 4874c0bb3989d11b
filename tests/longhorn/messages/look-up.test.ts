import { expect, test } from 'vitest';
import { describeFailedDeletion } from '../../../e2e/longhorn/messages/deletion-cause.ts';
import { linksOf } from '../../../e2e/longhorn/messages/links.ts';
import { meaningsOf, type Where } from '../../../e2e/longhorn/messages/look-up.ts';

const lock = 'failed to acquire lock l.lck when performing backup delete, please try again later';
const missing = 'Failed to get the Snapshot s';
const counting = 'a b is still in progress: backup b is still in progress';
const field = (name: string): Where => ({ isField: (each) => each === name });

test.for<[string, string, Where, string[]]>([
  ['two meanings, by field', missing, {}, ['waits-for-readiness', 'creation-without-snapshot']],
  ['one, by its field', missing, field('status.error'), ['creation-without-snapshot']],
  ['one, by its state', missing, { state: 'pending' }, ['waits-for-readiness']],
  ['a row that names no state, in any', counting, { state: 'X' }, ['blocks-not-counted']],
  ['none in a version that did not say it', missing, { version: 'v1.7.2' }, []],
  ['a whole failed deletion', describeFailedDeletion(lock), {}, ['deletion-lost-lock']],
  ['its cause, which is named', lock, {}, ['deletion-lost-lock as cause']],
  ['none for the empty text', '', {}, []],
])('a text has %s', ([, text, where, ids]) => {
  expect(meaningsOf(text, where).map(({ id, asCause }) => (asCause ? `${id} as cause` : id))).toEqual(ids);
});

const issue = (number: number) => `https://github.com/longhorn/longhorn/issues/${number}`;
const manager = (path: string) => `https://github.com/longhorn/longhorn-manager/blob/${path}`;
const ofNewest = (path: string) => manager(`v1.12.1/app/${path}`);

test.for<[string, string[]]>([
  [
    'knowledge base, a-b; longhorn/longhorn#8742, #7854',
    [issue(8742), issue(7854), 'https://longhorn.io/kb/a-b/'],
  ],
  ['app/a.go and app/job/b.go, source of v1.8.0 to v1.12.1', ['a.go', 'job/b.go'].map(ofNewest)],
  ['app/volume.go, source after v1.12.1', [manager('master/app/volume.go')]],
  ['backupstore, deltablock.go', ['https://github.com/longhorn/backupstore']],
  ["Kubernetes' cronjob-controller, source of v1.36.3; recording of v1.12.1 (lock-conflict)", []],
])('it was seen in: %s', ([seen, links]) => {
  expect(linksOf(seen)).toEqual(links);
});
