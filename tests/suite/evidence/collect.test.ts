import { expect, test } from 'vitest';
import { collectLast, collectSources } from '../../../e2e/suite/evidence/collect/collect.ts';
import { newest } from '../../../e2e/suite/evidence/collect/kept.ts';
import type { Source } from '../../../e2e/suite/evidence/recorder.ts';

const collect = async (sources: Source[], options: { isBrief?: boolean; time?: '20ms' } = {}) => {
  const files: Record<string, string> = {};
  const write = async (file: string, content: string | Uint8Array) => {
    files[file] = content.toString();
  };
  await collectSources(() => sources, { write, isBrief: false, ...options });
  return files;
};

test('each source is a file; one that fails is a line of another; one that hangs is told to stop and holds up none', async () => {
  let stopped: AbortSignal | undefined;
  const sources: Source[] = [
    { file: 'objects.yaml', read: async () => 'a: 1\n' },
    { file: 'nothing.txt', read: async () => '' },
    { file: 'store-fsck.json', read: () => Promise.reject(new Error('the pod does not answer')) },
    {
      file: 'events.ndjson',
      read: () => {
        throw new Error('not among what e2e/permissions says');
      },
    },
    {
      file: 'store-listing.txt',
      read: (signal) => {
        stopped = signal;
        return new Promise(() => {});
      },
    },
  ];
  expect(await collect(sources, { time: '20ms' })).toEqual({
    'objects.yaml': 'a: 1\n',
    'not-collected.txt':
      'events.ndjson: not among what e2e/permissions says\nstore-fsck.json: the pod does not answer\nstore-listing.txt: not read within 20ms\n',
  });
  expect(stopped?.aborted).toBe(true);
});

test('a scenario that has passed reads only what is always of use, and not all of it', async () => {
  const files = await collect(
    [
      { file: 'logs/manager.log', read: async (_, { isBrief }) => `brief: ${isBrief}`, always: true },
      { file: 'objects.yaml', read: async () => 'a: 1\n' },
    ],
    { isBrief: true },
  );
  expect(files).toEqual({ 'logs/manager.log': 'brief: true' });
});

test('what comes last adds its line to those of the others, and is none where it went well', async () => {
  const files: Record<string, string> = {};
  const write = async (file: string, content: string | Uint8Array) => {
    files[file] = content.toString();
  };
  const problems: string[] = [];
  const { signal } = new AbortController();
  const sources: Source[] = [{ file: 'store-fsck.json', read: () => Promise.reject(new Error('no pod')) }];
  await collectSources(() => sources, { write, isBrief: false, problems });
  const given: AbortSignal[] = [];
  await collectLast(
    { file: 'a.zip', work: async (heeded) => void given.push(heeded) },
    { write, problems, signal },
  );
  expect(files).toEqual({ 'not-collected.txt': 'store-fsck.json: no pod\n' });
  expect(given[0]).toBe(signal);
  await collectLast(
    { file: 'b.zip', work: () => Promise.reject(new Error('there is none')) },
    { write, problems, signal },
  );
  expect(files).toEqual({ 'not-collected.txt': 'store-fsck.json: no pod\nb.zip: there is none\n' });
});

test('a list that cannot be made is told of', async () => {
  const files: unknown[] = [];
  const list = () => Promise.reject(new Error('no watches'));
  await collectSources(list, { write: async (...file) => void files.push(...file), isBrief: false });
  expect(files).toEqual(['not-collected.txt', 'the list of what there is to read: no watches\n']);
});

test('of a long text the newest lines are kept, and the first line says so', () => {
  const lines = ['first', 'second', 'third', ''].join('\n');
  expect(newest(lines, 100)).toBe(lines);
  expect(newest(lines, 9)).toBe('... cut: the first 13 of 19 bytes are left out\nthird\n');
});
