import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { classify } from '../../../e2e/longhorn/messages/classify.ts';
import { describeFailedDeletion } from '../../../e2e/longhorn/messages/deletion-cause.ts';
import type { Message } from '../../../e2e/longhorn/messages/row.ts';

const rowsOf = (file: string): string[][] =>
  readFileSync(new URL(file, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('|').map((part) => part.trim()));

test.for(rowsOf('known-messages.txt'))('%s | %s | %s is %s in %s: %s', (row) => {
  const [speaker, field, state, is, version = '', said = ''] = row;
  const [, cause] = /^failed deletion: (.*)$/.exec(said) ?? [];
  const where = { speaker, field, state } as Omit<Message, 'text'>;
  const text = cause === undefined ? said : describeFailedDeletion(cause);
  expect(classify({ ...where, text }, version).class).toBe(is);
  for (const other of [{ ...where, field: 'condition Scheduled', text } as const, { ...where, text: 'oh' }])
    expect(classify(other, version).class).toBe('unclassified');
});

test("the last line of a v1.8's job says whose failure it was: a volume's, or that it could not even begin; a later version has no such line of a volume", () => {
  const idOf = (why: string, version: string) => {
    const text = `Failed to do a recurring job: ${why}`;
    const found = classify({ speaker: 'job', field: 'log fatal', state: '', text }, version);
    return found.class === 'unclassified' ? found.class : found.id;
  };
  const [denied, early] = ['Bad response statusCode [500]', 'failed to get clientset: no token'];
  expect(['v1.8.2', 'v1.9.0', 'v1.13.0'].map((version) => idOf(denied, version))).toEqual([
    'job-fails',
    'unclassified',
    'unclassified',
  ]);
  for (const version of ['v1.8.2', 'v1.12.1']) expect(idOf(early, version)).toBe('job-broken');
});

test("the text of longhorn/longhorn#11293, letter by letter, is what the knowledge base calls it, and would be nothing in a creation's field", () => {
  const seed = new URL('../../../fixtures/seeds/backup-store-lock-conflict.txt', import.meta.url);
  const text = /```sh\n([\s\S]*?)\n```/.exec(readFileSync(seed, 'utf8'))?.[1] ?? '';
  const said = { speaker: 'Backup', state: 'Error', text } as const;
  const lost = { class: 'informational', id: 'deletion-lost-lock' };
  for (const version of ['v1.8.1', 'v1.12.1']) {
    expect(classify({ ...said, field: 'status.messages.error' }, version)).toMatchObject(lost);
    expect(classify({ ...said, field: 'status.error' }, version)).toEqual({ class: 'unclassified' });
  }
});

// In the first and in the last version that has the line; the newest is one after all that are known.
const spoken = rowsOf('spoken.txt').map(([speaker, level, from = '', upTo, ...text]) => {
  const said = { speaker, field: `log ${level}`, state: '', text: text.join('|') } as Message;
  const ids = [from, upTo || 'v1.13.0'].map((version) => {
    const found = classify(said, version);
    return found.class === 'unclassified' ? found.class : found.id;
  });
  return { speaker, text: said.text, ids };
});

test('the catalogue knows every line that a recurring job logs', () => {
  const unknown = spoken.filter(({ speaker, ids }) => speaker === 'job' && ids.includes('unclassified'));
  expect(unknown).toEqual([]);
});

test('of what the controllers log it knows what decides the fate of a backup', () => {
  const known = spoken.filter(({ speaker, ids }) => speaker === 'manager' && !ids.includes('unclassified'));
  const lines = Map.groupBy(known, ({ ids }) => [...new Set(ids)].join(', '));
  expect(Object.fromEntries([...lines].map(([id, { length }]) => [id, length]))).toEqual({
    'backup-not-started': 1,
    'backup-waits-in-log': 1,
    'deletion-failed-in-log': 2,
    'store-not-listed': 6,
    'store-objects-pulled': 3,
    'store-objects-removed': 4,
  });
});
