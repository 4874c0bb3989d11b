import { EventEmitter } from 'node:events';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { lookOf, type Stretch } from '../../e2e/ui/backup-look.ts';
import { judgeShown } from '../../e2e/ui/judge-shown.ts';
import { openPageLog } from '../../e2e/ui/page-log.ts';

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
  { connected = [[0, 1000]] }: { connected?: number[][] } = {},
) =>
  judgeShown({
    label: 'the backup',
    what: 'shown',
    history: stretches(history),
    shown: stretches(shown),
    connected: connected.map(([from = 0, to = 0]) => ({ from: from * 1000, to: to * 1000 })),
    limit: 5000,
    end: 100_000,
  });

test.each([
  ['at once', '0 Completed, 10 Deleting, 20 -', '1 Completed, 10 Deleting, 20 -'],
  ['a little later', '0 Completed, 10 Deleting, 20 -', '1 Completed, 14.9 Deleting, 21 -'],
  ['a little earlier, as the suite heard of it late', '0 A, 10 B, 20 -', '1 A, 9.5 B, 20 -'],
  ['without what lived shorter than the limit', '0 A, 10 B, 12 Error!, 30 -', '1 A, 13 Error!, 31 -'],
  ['with the same states again and again', '0 A, 10 B, 20 A, 30 B, 40 -', '1 A, 10 B, 21 A, 31 B, 41 -'],
  ['with the second of two that are alike', '0 A, 10 B, 11 C, 12 B, 40 -', '1 A, 13 B, 40 -'],
  ['with one that came later than the page', '0 -, 10 Pending, 20 A', '1 -, 11 Pending, 21 A'],
  ['not having been open before', '0 New, 10 Pending, 20 Completed', '50 Completed'],
  ['without what is too young at the end', '0 A, 98 B', '1 A'],
])('a page agrees %s', (_, history, shown) => {
  expect(judge(history, shown).problems).toEqual([]);
});

const at = '00:00:';
test.each<[string, string, string, string[]]>([
  [
    'that shows a state that never was',
    '0 Completed, 10 Deleting, 20 -',
    '1 Completed, 11 Error, 12 Deleting, 20 -',
    [`the page showed Error at ${at}11.000, where the backup was Deleting`],
  ],
  [
    'that shows a state that never was, between twice the same one',
    '0 Completed',
    '1 Completed, 11 Error, 12 Completed',
    [`the page showed Error at ${at}11.000, where the backup was Completed`],
  ],
  [
    'that shows one before it was',
    '0 Completed, 10 Deleting, 20 -',
    '1 Completed, 7 Deleting, 20 -',
    [
      `the page showed Deleting at ${at}07.000, where the backup was Completed`,
      `the page did not show Deleting, which the backup was from ${at}10.000 for 10 s`,
    ],
  ],
  [
    'that shows them in another order',
    '0 A, 10 B, 20 C, 30 -',
    '1 A, 10 C, 20 B, 30 -',
    [
      `the page showed C at ${at}10.000, where the backup was B`,
      'the page showed B only 10 s after the backup (limit: 5 s)',
      `the page did not show C, which the backup was from ${at}20.000 for 10 s`,
    ],
  ],
  [
    'that leaves out a state that lasted',
    '0 Completed, 10 Deleting, 20 -',
    '1 Completed, 20 -',
    [`the page did not show Deleting, which the backup was from ${at}10.000 for 10 s`],
  ],
  [
    'that leaves out the icon',
    '0 Completed, 10 Error!, 20 -',
    '1 Completed, 10 Error, 20 -',
    [
      `the page showed Error at ${at}10.000, where the backup was Error with the red icon`,
      `the page did not show Error with the red icon, which the backup was from ${at}10.000 for 10 s`,
    ],
  ],
  ['that is late', '0 A, 10 B', '1 A, 16 B', ['the page showed B only 6 s after the backup (limit: 5 s)']],
  [
    'that keeps a row',
    '0 A, 10 B, 20 -',
    '1 A, 10 B',
    [`the page kept the row of the backup, which was gone from ${at}20.000 on`],
  ],
])('a page differs %s', (_, history, shown, problems) => {
  expect(judge(history, shown).problems).toEqual(problems);
});

test('what came while a page was cut off it need not show, but soon after what stands, and all that was before', () => {
  const problems = (history: string, shown: string, ...connected: number[][]) =>
    judge(history, shown, { connected }).problems;
  expect(problems('0 A, 10 B, 20 C', '1 A, 42 C', [0, 9], [40, 1000])).toEqual([]);
  expect(problems('0 A, 10 B, 20 C', '1 A, 46 C', [0, 9], [40, 1000])).toEqual([
    'the page showed C only 6 s after the backup (limit: 5 s)',
  ]);
  expect(problems('0 A, 10 B, 30 C', '1 A, 31 C', [0, 50], [60, 1000])).toEqual([
    'the page did not show B, which the backup was from 00:00:10.000 for 20 s',
  ]);
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

test.each([
  [undefined, '', false],
  [{ state: 'Pending', messages: { info: 'Wait' } }, 'Pending', false],
  [{ state: 'InProgress', progress: 40 }, '40 %', false],
  [{ state: 'Error', error: 'locked' }, 'Error', false],
  [{ state: 'Deleting', messages: { error: 'failed' } }, 'Deleting', true],
])('a backup with the status %j looks like %s, with the red icon: %s', (status, state, warning) => {
  const backup = { metadata: { name: 'b' }, spec: { snapshotName: 's' }, ...(status && { status }) };
  expect(lookOf(backup)).toEqual({ state, warning });
});

test('what is no list of backups is a trouble of the page, and takes no backup away', () => {
  const [tab, socket] = [new EventEmitter(), new EventEmitter()];
  const log = openPageLog(tab as unknown as Page, () => undefined);
  tab.emit('websocket', Object.assign(socket, { url: () => 'ws://longhorn.invalid/v1/ws/1s/backups' }));
  const say = (payload: unknown) => socket.emit('framereceived', { payload: JSON.stringify(payload) });
  say({ data: [{ name: 'b', state: 'InProgress', progress: 40, messages: { error: 'denied' } }] });
  say({ type: 'error', status: 500 });
  expect(log.told('b').map(({ look }) => look)).toEqual([undefined, { state: '40 %', warning: true }]);
  expect(log.troubles).toMatchObject([{ text: expect.stringContaining('no list, but {"type":"error"') }]);
});
