import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { ExpectationError } from '../../../e2e/history/expectation.ts';
import type { Load } from '../../../e2e/machine/load.ts';
import { attribute } from '../../../e2e/suite/run/attribute.ts';
import { folderOfEachTest } from '../../support/temporary-folder.ts';

const folder = folderOfEachTest();
const startedAt = new Date('2026-01-01T00:00:00Z');
const header = { recording: 'x', corral: 1, startedAt: startedAt.toISOString() };

type WaitGiven = { id: number; owner: string; from: number; to?: number; phase?: string; wanted?: string };

/** The history of waits of 60 s, in seconds from its start. */
const historyOf = (...waits: WaitGiven[]): string =>
  [
    header,
    ...waits.flatMap(({ id, owner, from, to, phase = 'met', wanted }) => {
      const expectation = {
        id,
        resource: 'backups',
        name: 'b',
        label: 'b',
        from,
        steps: ['gone'],
        limit: 60,
      };
      const marker = (at: number, of: string) => ({
        ...{ at, marker: of },
        expectation: { ...expectation, owner, phase: of, ...(wanted && { wanted }) },
      });
      return [marker(from, 'set'), ...(to === undefined ? [] : [marker(to, phase)])];
    }),
  ]
    .map((line) => JSON.stringify(line))
    .join('\n');

const late = { id: 1, owner: 'the removal', from: 10, to: 70, phase: 'timed-out' };
const strained = { pressure: { stalled: 0.9, runQueue: 2, timerDelay: 20 }, slowestAnswer: 300 };
const elsewhere = async (name: string, history: string): Promise<void> => {
  const path = folder('evidence', name, 'history.ndjson');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, history);
};

let moments: number[];
beforeEach(() => {
  moments = [];
});
const timedOut = new ExpectationError({ state: 'timed-out', reason: 'timed out', details: '' } as never);
const pointsTo = async (history: string, load: Load = strained, error: Error = timedOut) => {
  const attribution = await attribute(error, {
    ...{ scenario: 's', server: 'https://s', out: folder(), target: 'official', startedAt, history },
    affectedObjects: undefined,
    loadSince: (moment) => {
      moments.push((moment - startedAt.getTime()) / 1000);
      return load;
    },
  });
  return attribution.pointsTo;
};

test('on a machine without a processor to spare a wait that ran out of time is not clear', async () => {
  const hint = await pointsTo(historyOf(late));
  expect(hint).toMatchObject({ at: 'unclear', place: 'not clear', load: strained });
  expect(hint.because.at(-1)).toMatch(/^the machine was busy \(tasks waited for a processor 90 % /);
  expect(moments).toEqual([10]);
});

test('it points to Longhorn where the same waits took no longer than usual, whatever others took', async () => {
  const passed = historyOf(
    { id: 1, owner: 'the removal', from: 5, to: 9 },
    { id: 2, owner: 'the upload', from: 10, to: 65 },
    // Nothing was to come of it.
    { id: 3, owner: 'the removal', from: 70, to: 130, phase: 'timed-out', wanted: 'timed-out' },
    { id: 4, owner: 'the removal', from: 140, to: 200, phase: 'broken' },
  );
  await elsewhere('one', passed);
  // Not yet whole: it is being written.
  await elsewhere(
    'two',
    `${historyOf({ id: 1, owner: 'the removal', from: 1, to: 13 })}\n{"at":1,"expectation":`,
  );
  const hint = await pointsTo(historyOf(late));
  const comparable = { count: 2, longest: 12_000, share: 0.2 };
  expect(hint).toMatchObject({ at: 'longhorn', place: 'Longhorn', load: { ...strained, comparable } });
});

test('and is not clear where they nearly took too long themselves, on a machine that seemed idle', async () => {
  await elsewhere('one', historyOf({ id: 1, owner: 'the removal', from: 5, to: 45 }));
  const idle = { pressure: { stalled: 0, runQueue: 0, timerDelay: 1 } };
  expect(await pointsTo(historyOf(late), idle)).toMatchObject({ at: 'unclear' });
});

test('what was broken points to Longhorn, with how busy the machine was: what ended on it may have broken it', async () => {
  await elsewhere('one', historyOf({ id: 1, owner: 'the removal', from: 5, to: 9 }));
  const hint = await pointsTo(historyOf({ ...late, to: 20, phase: 'broken' }));
  expect(hint).toMatchObject({ at: 'longhorn', load: strained });
  expect(hint.load).not.toHaveProperty('comparable');
  expect(hint.because.at(-1)).toMatch(/^the machine was busy /);
});

test('a time in which nothing was to happen, and nothing did, speaks against nobody', async () => {
  const hint = await pointsTo(
    historyOf({ ...late, wanted: 'timed-out' }),
    strained,
    new Error('the lock is gone'),
  );
  expect(hint.because).toEqual([
    'no expectation was broken and the cluster shows no trouble: read the reason',
  ]);
  expect(hint.load).toBeUndefined();
});
