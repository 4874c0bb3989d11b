import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../../e2e/history/expectation.ts';
import { loadRecording, replayRecording } from '../../../../e2e/history/recording.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import { oldOneFails, oldOneGoes, type Refusing } from '../../../../e2e/suite/steps/job/expectations.ts';
import { madeByTicks } from '../../../../e2e/suite/steps/job/runs.ts';
import { type Mutation, whenIn } from '../recordings.ts';
import { type RecordedJob, stageJob } from './recordings.ts';

const judge = async (name: RecordedJob, mutate?: Mutation) => {
  const { backups, snapshots, volume, ticks, version } = await stageJob(name, mutate);
  const made = madeByTicks({ backups, snapshots }, { volume, ticks }).flatMap(({ backups, tick }) =>
    backups.map(({ metadata: { name } }) => ({ backup: { name, label: name, from: tick.from }, version })),
  );
  const fails = (by: Refusing) => made.map((one) => evaluate(oldOneFails(backups, { ...one, by })).state);
  return { fails, goes: made.map((one) => evaluate(oldOneGoes(backups, one)).state) };
};

describe('what a real Longhorn did', () => {
  test('with nothing wrong the old backup went, and the new one stays', async () => {
    const { goes } = await judge('nothing wrong');
    expect(goes).toEqual(['met', 'timed-out']);
  });

  test('immutable configs: the deletion of three failed, and all but the one under way went after the heal', async () => {
    const { fails, goes } = await judge('immutable');
    // The fourth was made mutable before it was tried; the fifth was not immutable yet when it was.
    expect(fails('the store')).toEqual(['met', 'met', 'met', 'broken', 'broken', 'timed-out']);
    expect(fails('the mount')).toEqual(['broken', 'broken', 'broken', 'broken', 'broken', 'timed-out']);
    // The recording ended while the first was being tried once more, its back-off having doubled.
    expect(goes).toEqual(['timed-out', 'timed-out', 'met', 'met', 'met', 'timed-out']);
  });

  test('refused by the API server none failed, and all went after the heal', async () => {
    const { fails, goes } = await judge('backups denied');
    expect(fails('the store').slice(0, 5)).toEqual(Array(5).fill('broken'));
    expect(goes).toEqual([...Array(5).fill('met'), 'timed-out']);
  });

  // As v1.8.2 said it for another cause: no recording has this one yet.
  test('the refusal of a read-only mount stands in the Backup', async () => {
    const path = new URL(
      '../../../../fixtures/recordings/longhorn-v1.8.2/wrapped-engine.ndjson',
      import.meta.url,
    );
    const recording = JSON.stringify(await loadRecording(path));
    const said = 'unlinkat /mnt/b/backups/backup_sa-b3.cfg: read-only file system';
    const judged = (text: string, by: Refusing) => {
      const backups = replayRecording(JSON.parse(text)).timeline<Backup>('backups');
      const one = { backup: { name: 'sa-b3', label: 'the old one', from: 0 }, version: 'v1.8.2' };
      return [evaluate(oldOneFails(backups, { ...one, by })).state, evaluate(oldOneGoes(backups, one)).state];
    };
    const readOnly = recording.replaceAll('stubbed backup deletion for testing', said);
    expect(judged(readOnly, 'the mount')).toEqual(['met', 'met']);
    expect(judged(readOnly, 'the store')).toEqual(['broken', 'met']);
    expect(judged(recording, 'the mount')).toEqual(['broken', 'broken']);
  });
});

const [first, old] = ['backup-0285424225f44daa', 'backup-7ab0d6e8e5a54b22'];
const failing = (change: Backup['status']) => whenIn(first, 'Error', change);

test.for<[string, RecordedJob, Mutation, string[]]>([
  ['fails and says nothing', 'immutable', failing({ messages: null }), ['broken', 'broken']],
  [
    'says it in status.error',
    'immutable',
    failing({ error: 'operation not permitted' }),
    ['broken', 'broken'],
  ],
  ['says something else', 'immutable', failing({ messages: { error: 'no' } }), ['broken', 'broken']],
  ['never goes Deleting', 'backups denied', whenIn(old, 'Deleting'), ['timed-out', 'timed-out']],
  [
    'goes without it',
    'backups denied',
    whenIn(old, 'Deleting', { state: 'Completed' }),
    ['broken', 'broken'],
  ],
])('a broken Longhorn is told: the deletion of an old backup %s', async ([, name, mutate, states]) => {
  const { fails, goes } = await judge(name, mutate);
  expect([fails('the store')[0], goes[0]]).toEqual(states);
});
