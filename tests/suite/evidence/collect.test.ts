import { expect, test } from 'vitest';
import { collectLast, collectSources } from '../../../e2e/suite/evidence/collect/collect.ts';
import { newestLines } from '../../../e2e/suite/evidence/collect/evidence-file.ts';
import type { EvidenceSource } from '../../../e2e/suite/evidence/recorder.ts';

const open = () => {
  const files: Record<string, string> = {};
  const write = async (file: string, content: string | Uint8Array) => {
    files[file] = content.toString();
  };
  return { files, write };
};
const collect = async (
  sources: () => Promise<EvidenceSource[]> | EvidenceSource[],
  options: { isBrief?: boolean } = {},
) => {
  const { files, write } = open();
  await collectSources(sources, { write, isBrief: false, time: '20ms', ...options });
  return files;
};
const fails = (why: string) => () => Promise.reject(new Error(why));

test('each source is a file; one that fails is a line of another; one that hangs is stopped and holds up none', async () => {
  let stopped: AbortSignal | undefined;
  const hang = (signal: AbortSignal) => {
    stopped = signal;
    return new Promise<never>(() => {});
  };
  const forbid = () => {
    throw new Error('not among what e2e/permissions says');
  };
  const files = await collect(() => [
    { file: 'objects.yaml', read: async () => 'a: 1\n' },
    { file: 'nothing.txt', read: async () => '' },
    { file: 'store-fsck.json', read: fails('the pod does not answer') },
    { file: 'events.ndjson', read: forbid },
    { file: 'store-listing.txt', read: hang },
  ]);
  expect(files).toEqual({
    'objects.yaml': 'a: 1\n',
    'not-collected.txt':
      'events.ndjson: not among what e2e/permissions says\nstore-fsck.json: the pod does not answer\nstore-listing.txt: not read within 20ms\n',
  });
  expect(stopped?.aborted).toBe(true);
  expect(await collect(fails('no watches'))).toEqual({
    'not-collected.txt': 'the list of what there is to read: no watches\n',
  });
});

test('a scenario that has passed reads only what is always of use, and not all of it', async () => {
  const sources: EvidenceSource[] = [
    { file: 'logs/manager.log', read: async (_, { isBrief }) => `brief: ${isBrief}`, always: true },
    { file: 'objects.yaml', read: async () => 'a: 1\n' },
  ];
  expect(await collect(() => sources, { isBrief: true })).toEqual({ 'logs/manager.log': 'brief: true' });
});

test('what comes last adds its line to those of the others, and is none where it went well', async () => {
  const { files, write } = open();
  const problems = ['store-fsck.json: no pod'];
  const { signal } = new AbortController();
  const given: AbortSignal[] = [];
  const last = { write, problems, signal };
  await collectLast({ file: 'a.zip', work: async (heeded) => void given.push(heeded) }, last);
  expect([files, given]).toEqual([{}, [signal]]);
  await collectLast({ file: 'b.zip', work: fails('there is none') }, last);
  expect(files).toEqual({ 'not-collected.txt': 'store-fsck.json: no pod\nb.zip: there is none\n' });
});

test('of a long text the newest lines are kept, and the first line says so', () => {
  const lines = 'first\nsecond\nthird\n';
  expect(newestLines(lines, 100)).toBe(lines);
  expect(newestLines(lines, 9)).toBe('... cut: the first 13 of 19 bytes are left out\nthird\n');
});
