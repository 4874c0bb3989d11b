import { describe, expect, test } from 'vitest';
import { lookOf, type Stretch } from '../../e2e/ui/backup-look.ts';
import { judgeShown } from '../../e2e/ui/judge-shown.ts';

// Seconds and looks: a state, with `!` where the red icon stands before the volume, or `-` for no row.
const stretches = (text: string): Stretch[] =>
  text
    .split(', ')
    .filter((part) => part !== '')
    .map((part) => {
      const [at = '', state = ''] = part.split(' ');
      return {
        at: Number(at) * 1000,
        look: state === '-' ? undefined : { state: state.replace('!', ''), warning: state.endsWith('!') },
      };
    });

const judge = (
  history: string,
  shown: string,
  { connected = [[0, 1000]], end = 100 }: { connected?: number[][]; end?: number } = {},
) =>
  judgeShown({
    label: 'the backup',
    history: stretches(history),
    shown: stretches(shown),
    connected: connected.map(([from = 0, to = 0]) => ({ from: from * 1000, to: to * 1000 })),
    limit: 5000,
    end: end * 1000,
  });

describe('a page agrees', () => {
  test.each<[string, string, string]>([
    ['at once', '0 Completed, 10 Deleting, 20 -', '1 Completed, 10 Deleting, 20 -'],
    ['a little later', '0 Completed, 10 Deleting, 20 -', '1 Completed, 14.9 Deleting, 21 -'],
    [
      'by a little earlier, as the suite heard of it late',
      '0 Completed, 10 Deleting, 20 -',
      '1 Completed, 9.5 Deleting, 20 -',
    ],
    [
      'without what lived shorter than the limit',
      '0 Completed, 10 Deleting, 12 Error!, 30 -',
      '1 Completed, 13 Error!, 31 -',
    ],
    ['with the same states again and again', '0 A, 10 B, 20 A, 30 B, 40 -', '1 A, 10 B, 21 A, 31 B, 41 -'],
    ['with the second of two that are alike', '0 A, 10 B, 11 C, 12 B, 40 -', '1 A, 13 B, 40 -'],
    [
      'with one that came later than the page',
      '0 -, 10 Pending, 20 Completed',
      '1 -, 11 Pending, 21 Completed',
    ],
    ['not having been open before', '0 New, 10 Pending, 20 Completed', '50 Completed'],
  ])('%s', (_, history, shown) => {
    expect(judge(history, shown).problems).toEqual([]);
  });

  test('though it missed what came while it was cut off, if it shows what stands soon after', () => {
    const connected = [
      [0, 9],
      [40, 1000],
    ];
    expect(judge('0 A, 10 B, 20 C', '1 A, 42 C', { connected }).problems).toEqual([]);
    expect(judge('0 A, 10 B, 20 C', '1 A, 46 C', { connected }).problems).toEqual([
      'the page showed C only 6 s after the backup (limit: 5 s)',
    ]);
  });

  test('and what is too young at the end need not be there', () => {
    expect(judge('0 A, 98 B', '1 A').problems).toEqual([]);
  });
});

describe('a page differs', () => {
  test.each<[string, string, string, string[]]>([
    [
      'that shows a state that never was',
      '0 Completed, 10 Deleting, 20 -',
      '1 Completed, 11 Error, 12 Deleting, 20 -',
      ['the page showed Error at 00:00:11.000, where the backup was Deleting'],
    ],
    [
      'that shows a state that never was, between twice the same one',
      '0 Completed',
      '1 Completed, 11 Error, 12 Completed',
      ['the page showed Error at 00:00:11.000, where the backup was Completed'],
    ],
    [
      'that shows one before it was',
      '0 Completed, 10 Deleting, 20 -',
      '1 Completed, 7 Deleting, 20 -',
      [
        'the page showed Deleting at 00:00:07.000, where the backup was Completed',
        'the page did not show Deleting, which the backup was from 00:00:10.000 for 10 s',
      ],
    ],
    [
      'that shows them in another order',
      '0 A, 10 B, 20 C, 30 -',
      '1 A, 10 C, 20 B, 30 -',
      [
        'the page showed C at 00:00:10.000, where the backup was B',
        'the page showed B only 10 s after the backup (limit: 5 s)',
        'the page did not show C, which the backup was from 00:00:20.000 for 10 s',
      ],
    ],
    [
      'that leaves out a state that lasted',
      '0 Completed, 10 Deleting, 20 -',
      '1 Completed, 20 -',
      ['the page did not show Deleting, which the backup was from 00:00:10.000 for 10 s'],
    ],
    [
      'that leaves out the icon',
      '0 Completed, 10 Error!, 20 -',
      '1 Completed, 10 Error, 20 -',
      [
        'the page showed Error at 00:00:10.000, where the backup was Error with the red icon',
        'the page did not show Error with the red icon, which the backup was from 00:00:10.000 for 10 s',
      ],
    ],
    ['that is late', '0 A, 10 B', '1 A, 16 B', ['the page showed B only 6 s after the backup (limit: 5 s)']],
    [
      'that never follows',
      '0 A, 10 -',
      '1 A',
      ['the page kept the row of the backup, which was gone from 00:00:10.000 on'],
    ],
    [
      'that keeps a row',
      '0 A, 10 B, 20 -',
      '1 A, 10 B',
      ['the page kept the row of the backup, which was gone from 00:00:20.000 on'],
    ],
  ])('%s', (_, history, shown, problems) => {
    expect(judge(history, shown).problems).toEqual(problems);
  });

  test('also where it was cut off only afterwards', () => {
    const connected = [
      [0, 50],
      [60, 1000],
    ];
    expect(judge('0 A, 10 B, 30 C', '1 A, 31 C', { connected }).problems).toEqual([
      'the page did not show B, which the backup was from 00:00:10.000 for 20 s',
    ]);
  });
});

test('how late it was is told of each change, but not of what it showed first, nor of what it could not have heard', () => {
  const connected = [
    [0, 25],
    [40, 1000],
  ];
  expect(
    judge('0 A, 10 B!, 20 -, 30 C, 50 D', '3 A, 10.5 B!, 21 -, 41 C, 52 D', { connected }).delays,
  ).toEqual([
    { look: 'B with the red icon', delay: 500 },
    { look: 'no row', delay: 1000 },
    { look: 'D', delay: 2000 },
  ]);
});

test('a backup looks as its custom resource says', () => {
  const look = (status?: object) =>
    lookOf({ metadata: { name: 'b' }, spec: { snapshotName: 's' }, ...(status && { status }) });
  expect(look()).toEqual({ state: '', warning: false });
  expect(look({ state: 'Pending', messages: { info: 'Wait' } })).toEqual({
    state: 'Pending',
    warning: false,
  });
  expect(look({ state: 'InProgress', progress: 40 })).toEqual({ state: '40 %', warning: false });
  expect(look({ state: 'Error', error: 'locked' })).toEqual({ state: 'Error', warning: false });
  expect(look({ state: 'Deleting', messages: { error: 'failed' } })).toEqual({
    state: 'Deleting',
    warning: true,
  });
});
