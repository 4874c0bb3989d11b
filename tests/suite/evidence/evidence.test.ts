import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { replayTimeline } from '../../../e2e/history/replay.ts';
import { type Header, openEvidence, slugOf } from '../../../e2e/suite/evidence/evidence.ts';
import { openLines } from '../../../e2e/suite/evidence/lines.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let out: string;
beforeEach(async () => {
  out = await temporaryFolder();
});

const header = (recording: string): Header => ({
  recording,
  corral: 1,
  run: 'abc123',
  round: 1,
  file: 'x.e2e.ts',
  seed: null,
  longhorn: 'v1.12.1',
  kubernetes: 'v1.36.1',
  clock: 'real',
  startedAt: '2026-11-20T12:00:00.000Z',
});

const open = (recording = 'A backup waits', troubles: Error[] = [], folder = out) =>
  openEvidence({
    out: folder,
    header: header(recording),
    cluster: stubCluster(),
    onExpected: () => () => {},
    onTrouble: (error) => void troubles.push(error),
  });

describe('the folder', () => {
  test.each([
    ['A backup waits', 1, 'a-backup-waits'],
    ['  "Waits", for ever?! ', 3, 'waits-for-ever-r3'],
    ['x'.repeat(80), 1, 'x'.repeat(60)],
    [`${'x'.repeat(59)} y`, 2, `${'x'.repeat(59)}-r2`],
  ])('of %j in round %i is %s', (name, round, slug) => {
    expect(slugOf(name, round)).toBe(slug);
  });

  test('of a second scenario whose name begins alike has a number', async () => {
    const [one, other] = [open(), open()];
    expect([one.folder(), other.folder()]).toEqual(['evidence/a-backup-waits', 'evidence/a-backup-waits-2']);
    await Promise.all([one.close(), other.close()]);
  });
});

test('what happens is on disk soon after it happened, before anything is closed', async () => {
  const evidence = open();
  evidence.tell('it begins', { step: { id: 1, phase: 'begins', sentence: 'it begins' } });
  const path = join(out, 'evidence/a-backup-waits/history.ndjson');
  await expect.poll(() => readFile(path, 'utf8').catch(() => '')).toContain('it begins');
  await evidence.close();
  expect((await readFile(path, 'utf8')).split('\n').map((line) => line && JSON.parse(line))).toEqual([
    header('A backup waits'),
    { at: expect.any(Number), marker: 'it begins', step: { id: 1, phase: 'begins', sentence: 'it begins' } },
    '',
  ]);
});

test('a log that was read is kept beside it', async () => {
  const evidence = open();
  evidence.observer.reads({ namespace: 'n', name: 'pod', container: 'c' }, 'a line\n');
  await evidence.close();
  expect(await readFile(join(out, 'evidence/a-backup-waits/logs/pod.c.log'), 'utf8')).toBe('a line\n');
});

describe('where it cannot be written', () => {
  test('that is told once, and everything else goes on', async () => {
    await writeFile(join(out, 'evidence'), 'a file is in the way');
    const troubles: Error[] = [];
    const evidence = open('A backup waits', troubles);
    const timeline = replayTimeline('lamps');
    evidence.observer.watches({ group: '', version: 'v1', plural: 'lamps' }, timeline);
    timeline.push({ kind: 'added', at: 0, object: { metadata: { name: 'hall' } } });
    evidence.tell('a', { step: { id: 1, phase: 'begins', sentence: 'a' } });
    evidence.observer.reads({ namespace: 'n', name: 'pod', container: 'c' }, 'a line\n');
    evidence.recorder.sources(() => [{ file: 'objects.yaml', read: async () => 'a: 1' }]);
    await evidence.recorder.collect();
    await evidence.close();
    expect(troubles.map(({ message }) => message)).toEqual([expect.stringContaining('ENOTDIR')]);
    expect(evidence.folder()).toBeNull();
  });

  test('a full disk is told of', async () => {
    const troubles: Error[] = [];
    const lines = openLines('/dev/full', (error) => void troubles.push(error));
    lines.write({ a: 1 });
    await expect.poll(() => troubles.length).toBe(1);
    lines.write({ b: 1 });
    await lines.end();
    expect(troubles.map(({ message }) => message)).toEqual(['ENOSPC: no space left on device, write']);
  });

  test('an observer that breaks does not break what it observes', () => {
    const troubles: Error[] = [];
    const evidence = open('A backup waits', troubles);
    const timeline = replayTimeline('lamps');
    const heard: unknown[] = [];
    evidence.recorder.only(() => {
      throw new Error('a defect');
    });
    evidence.observer.watches({ group: '', version: 'v1', plural: 'lamps' }, timeline);
    timeline.onEntry((entry) => heard.push(entry));
    timeline.push({ kind: 'added', at: 0, object: { metadata: { name: 'hall' } } });
    expect(heard).toHaveLength(1);
    expect(troubles.map(({ message }) => message)).toEqual(['a defect']);
    return evidence.close();
  });
});

test('what comes last is done once, when all is collected, behind what is read and not where a scenario has passed', async () => {
  const evidence = open();
  const done: string[] = [];
  const read = async () => {
    done.push('read');
    return '';
  };
  evidence.recorder.sources(() => [{ file: 'objects.yaml', read }]);
  evidence.recorder.last({ file: 'a.zip', work: async () => void done.push('last') });
  await evidence.collectBriefly();
  expect(done).toEqual([]);
  await Promise.all([evidence.collectAll(), evidence.collectAll()]);
  expect(done).toEqual(['read', 'last']);
  await evidence.recorder.collect();
  expect(done).toEqual(['read', 'last']);
  expect(evidence.recorder.supportBundle).toBe(false);
  await evidence.close();
});
