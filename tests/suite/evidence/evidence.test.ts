import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { replayTimeline } from '../../../e2e/history/replay.ts';
import { type Header, openEvidence, slugOf } from '../../../e2e/suite/evidence/evidence.ts';
import { openNdjsonWriter } from '../../../e2e/suite/evidence/ndjson-writer.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { folderOfEachTest } from '../../support/temporary-folder.ts';
import { lamps } from './history.ts';

const out = folderOfEachTest();

const header = { recording: 'A backup waits', round: 1, startedAt: '2026-11-20T12:00:00.000Z' } as Header;
const open = () => {
  const errors: string[] = [];
  const onError = ({ message }: Error) => void errors.push(message);
  const onExpected = () => () => {};
  const evidence = openEvidence({
    out: out(),
    header,
    cluster: stubCluster(),
    supportBundle: true,
    onExpected,
    onError,
  });
  /** A lamp that is watched, and then made. */
  const watch = () => {
    const timeline = replayTimeline('lamps');
    const heard: unknown[] = [];
    evidence.observer.watches(lamps, timeline);
    timeline.onEntry((entry) => heard.push(entry));
    timeline.push({ kind: 'added', at: 0, object: { metadata: { name: 'hall' } } });
    return heard;
  };
  return { evidence, errors, watch };
};
const begins = { step: { id: 1, phase: 'begins', sentence: 'it begins' } } as const;
const kept = (file: string) => readFile(out('evidence/a-backup-waits', file), 'utf8');
const log = { namespace: 'n', name: 'pod', container: 'c' };

test.each([
  ['A backup waits', 1, 'a-backup-waits'],
  ['  "Waits", for ever?! ', 3, 'waits-for-ever-r3'],
  ['x'.repeat(80), 1, 'x'.repeat(60)],
  [`${'x'.repeat(59)} y`, 2, `${'x'.repeat(59)}-r2`],
])('the folder of %j in round %i is %s', (name, round, slug) => {
  expect(slugOf(name, round)).toBe(slug);
});

test('what happens is on disk soon after it happened, with the logs that were read; a second scenario of its name has a folder of its own', async () => {
  const [{ evidence }, other] = [open(), open()];
  expect(other.evidence.folder()).toBe('evidence/a-backup-waits-2');
  evidence.record('it begins', begins);
  await expect.poll(() => kept('history.ndjson').catch(() => '')).toContain('it begins');
  evidence.observer.reads(log, 'a line\n');
  await Promise.all([evidence.close(), other.evidence.close()]);
  const lines = (await kept('history.ndjson')).trim().split('\n');
  const written = { at: expect.any(Number), marker: 'it begins', ...begins };
  expect(lines.map((line) => JSON.parse(line))).toEqual([header, written]);
  expect(await kept('logs/pod.c.log')).toBe('a line\n');
});

test('where it cannot be written that is reported once, and everything else goes on', async () => {
  await writeFile(out('evidence'), 'a file is in the way');
  const { evidence, errors, watch } = open();
  watch();
  evidence.record('it begins', begins);
  evidence.observer.reads(log, 'a line\n');
  evidence.recorder.keep({
    belongs: () => true,
    sources: () => [{ file: 'objects.yaml', read: async () => 'a: 1' }],
  });
  await evidence.recorder.collect();
  await evidence.close();
  expect(errors).toEqual([expect.stringContaining('ENOTDIR')]);
  expect(evidence.folder()).toBeNull();
});

test('a full disk is reported', async () => {
  const errors: string[] = [];
  const lines = openNdjsonWriter('/dev/full', ({ message }) => void errors.push(message));
  lines.write({ a: 1 });
  await expect.poll(() => errors.length).toBe(1);
  lines.write({ b: 1 });
  await lines.end();
  expect(errors).toEqual(['ENOSPC: no space left on device, write']);
});

test('an observer that breaks does not break what it observes', async () => {
  const { evidence, errors, watch } = open();
  const breaks = () => {
    throw new Error('a defect');
  };
  evidence.recorder.keep({ belongs: breaks, sources: () => [] });
  expect(watch()).toHaveLength(1);
  expect(errors).toEqual(['a defect']);
  await evidence.close();
});

test('what comes last is done once, when all is collected, behind what is read and not where a scenario has passed', async () => {
  const { evidence } = open();
  const done: string[] = [];
  const read = async () => String(done.push('read'));
  const supportBundle = { file: 'a.zip', work: async () => void done.push('last') };
  evidence.recorder.keep({
    belongs: () => true,
    sources: () => [{ file: 'objects.yaml', read }],
    supportBundle,
  });
  await evidence.collectBriefly();
  expect(done).toEqual([]);
  await Promise.all([evidence.collectAll(), evidence.collectAll()]);
  await evidence.recorder.collect();
  expect(done).toEqual(['read', 'last']);
  await evidence.close();
});
