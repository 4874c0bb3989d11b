import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { classify } from '../../../e2e/longhorn/messages/classify.ts';
import { describeFailedDeletion } from '../../../e2e/longhorn/messages/deletion-cause.ts';
import type { Message } from '../../../e2e/longhorn/messages/row.ts';

const deleting = { speaker: 'Backup', field: 'status.messages.error', state: 'Error' } as const;
const creating = { ...deleting, field: 'status.error' } as const;

/** Every kind of message that is known. */
const known = readFileSync(new URL('known-messages.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [speaker, field, state, is, version = '', text = ''] = line.split(' | ');
    const [, cause] = /^failed deletion: (.*)$/.exec(text) ?? [];
    return {
      where: { speaker, field, state } as Omit<Message, 'text'>,
      text: cause === undefined ? text : describeFailedDeletion(cause),
      is,
      version,
      line,
    };
  });

test.for(known.map((row) => [row.line, row] as const))('%s', ([, { where, text, is, version }]) => {
  expect(classify({ ...where, text }, version).class).toBe(is);
  const elsewhere = { ...where, field: 'condition Scheduled', text } as const;
  expect(classify(elsewhere, version).class).toBe('unclassified');
});

test("the last line of a v1.8's job says whose failure it was: a volume's, or that it could not even begin; a later version has no such line of a volume", () => {
  const said = {
    speaker: 'job',
    field: 'log fatal',
    state: '',
    text: 'Failed to do a recurring job: Bad response statusCode [500]',
  } as const;
  expect(classify(said, 'v1.8.2')).toMatchObject({ id: 'job-fails' });
  for (const version of ['v1.9.0', 'v1.12.1', 'v1.13.0'])
    expect(classify(said, version)).toEqual({ class: 'unclassified' });
  const early = { ...said, text: 'Failed to do a recurring job: failed to get clientset: no token' };
  for (const version of ['v1.8.2', 'v1.12.1'])
    expect(classify(early, version)).toMatchObject({ id: 'job-broken' });
});

test("the text of longhorn/longhorn#11293, letter by letter, is what the knowledge base calls it, and would be nothing in a creation's field", () => {
  const document = readFileSync(
    new URL('../../../fixtures/seeds/backup-store-lock-conflict.txt', import.meta.url),
    'utf8',
  );
  const text = /```sh\n([\s\S]*?)\n```/.exec(document)?.[1] ?? '';
  expect(text).toMatch(
    /^Failed to delete the backup s3:\/\/prod-xyz@vhbkp-backup\/\?backup=backup-fbec0b48b7c348d6&volume=pvc-3f3bd369-\S+ in the/,
  );
  const lost = { class: 'informational', id: 'deletion-lost-lock' };
  for (const version of ['v1.8.1', 'v1.12.1']) {
    expect(classify({ ...deleting, text }, version)).toMatchObject(lost);
    expect(classify({ ...creating, text }, version)).toEqual({ class: 'unclassified' });
  }
});

test('an unknown text is unclassified, wherever it stands', () => {
  for (const { where } of known)
    expect(classify({ ...where, text: 'the dog ate it' }, 'v1.12.1')).toEqual({ class: 'unclassified' });
});
