import { EventEmitter } from 'node:events';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { judgeShown } from '../../e2e/ui/judge-shown.ts';
import { openPageLog } from '../../e2e/ui/page-log.ts';
import { type RowPeriod, rowStateOf } from '../../e2e/ui/row-state.ts';

// Seconds and rows: a state, with `!` where the red icon stands before the volume, or `-` for no row.
const periods = (text: string): RowPeriod[] =>
  text.split(', ').map((part) => {
    const [at = '', state = ''] = part.split(' ');
    const row = { state: state.replace('!', ''), warning: state.endsWith('!') };
    return { at: Number(at) * 1000, row: state === '-' ? undefined : row };
  });

const about = { label: 'the backup', what: 'shown', limit: 5000, end: 100_000 } as const;
const judge = (history: string, shown: string, connected: [number, number][] = [[0, 1000]]) =>
  judgeShown({
    ...about,
    history: periods(history),
    shown: periods(shown),
    connected: connected.map(([from, to]) => ({ from: from * 1000, to: to * 1000 })),
  });

test.each([
  ['a little later', '0 Completed, 10 Deleting, 20 -', '1 Completed, 14.9 Deleting, 21 -'],
  ['a little earlier, as the suite heard of it late', '0 A, 10 B, 20 -', '1 A, 9.5 B, 20 -'],
  ['without what lived shorter than the limit', '0 A, 10 B, 12 Error!, 30 -', '1 A, 13 Error!, 31 -'],
  ['with the same states again and again', '0 A, 10 B, 20 A, 30 B, 40 -', '1 A, 10 B, 21 A, 31 B, 41 -'],
  ['with the second of two that are alike', '0 A, 10 B, 11 C, 12 B, 40 -', '1 A, 13 B, 40 -'],
  ['not having been open before', '0 New, 10 Pending, 20 Completed', '50 Completed'],
  ['without what is too young at the end', '0 A, 98 B', '1 A'],
])('a page agrees %s', (_, history, shown) => {
  expect(judge(history, shown).problems).toEqual([]);
});

const late = (state: string, seconds: number): string =>
  `the page showed ${state} only ${seconds} s after the backup (limit: 5 s)`;
const never = (state: string, at: string, was: string): string =>
  `the page showed ${state} at 00:00:${at}.000, where the backup was ${was}`;
const missing = (state: string, from: number, seconds: number): string =>
  `the page did not show ${state}, which the backup was from 00:00:${from}.000 for ${seconds} s`;

const icon = 'B with the red icon';
const swapped = [never('C', '10', 'B'), late('B', 10), missing('C', 20, 10)];
const kept = 'the page kept the row of the backup, which was gone from 00:00:20.000 on';

test.each<[string, string, string, string[]]>([
  ['a state that never was', '0 A, 10 B, 20 -', '1 A, 11 Error, 12 B, 20 -', [never('Error', '11', 'B')]],
  ['it between twice the same', '0 A', '1 A, 11 Error, 12 A', [never('Error', '11', 'A')]],
  ['one too early', '0 A, 10 B, 20 -', '1 A, 4 B, 20 -', [never('B', '04', 'A'), missing('B', 10, 10)]],
  ['another order', '0 A, 10 B, 20 C, 30 -', '1 A, 10 C, 20 B, 30 -', swapped],
  ['not one that lasted', '0 A, 10 B, 20 -', '1 A, 20 -', [missing('B', 10, 10)]],
  ['no icon', '0 A, 10 B!, 20 -', '1 A, 10 B, 20 -', [never('B', '10', icon), missing(icon, 10, 10)]],
  ['it late', '0 A, 10 B', '1 A, 16 B', [late('B', 6)]],
  ['a row for ever', '0 A, 10 B, 20 -', '1 A, 10 B', [kept]],
])('a page differs that shows %s', (_, history, shown, problems) => {
  expect(judge(history, shown).problems).toEqual(problems);
});

test('what came while a page was cut off it need not show, but soon after what stands, and all that was before', () => {
  const cut = (from: number, shown: string) =>
    judge('0 A, 10 B, 30 C', shown, Array.of([0, from], [40, 1000])).problems;
  expect(cut(9, '1 A, 42 C')).toEqual([]);
  expect(cut(9, '1 A, 46 C')).toEqual([late('C', 6)]);
  expect(cut(35, '1 A, 31 C')).toEqual([missing('B', 10, 20)]);
});

test('how late it was is returned for each change, but not of what it showed first, nor of what it could not have heard', () => {
  const connected: [number, number][] = Array.of([0, 25], [40, 1000]);
  const { delays } = judge('0 A, 10 B!, 20 -, 30 C, 50 D', '3 A, 10.5 B!, 21 -, 41 C, 52 D', connected);
  const described = delays.map(({ row, delay }) => `${row} ${delay}`).join(', ');
  expect(described).toBe('B with the red icon 500, no row 1000, D 2000');
});

test.each([
  [undefined, '', false],
  [{ state: 'InProgress', progress: 40 }, '40 %', false],
  [{ state: 'Error', error: 'locked' }, 'Error', false],
  [{ state: 'Deleting', messages: { error: 'failed' } }, 'Deleting', true],
])('a backup with the status %j looks like %s, with the red icon: %s', (status, state, warning) => {
  const backup = { metadata: { name: 'b' }, spec: { snapshotName: 's' }, ...(status && { status }) };
  expect(rowStateOf(backup)).toEqual({ state, warning });
});

test('what is no list of backups is a trouble of the page, and takes no backup away', () => {
  const [tab, socket] = [new EventEmitter(), new EventEmitter()];
  const log = openPageLog(tab as unknown as Page, () => undefined);
  tab.emit('websocket', Object.assign(socket, { url: () => 'ws://longhorn.invalid/v1/ws/1s/backups' }));
  const say = (payload: unknown) => socket.emit('framereceived', { payload: JSON.stringify(payload) });
  say({ data: [{ name: 'b', state: 'InProgress', progress: 40, messages: { error: 'denied' } }] });
  say({ type: 'error', status: 500 });
  expect(log.received('b').map(({ row }) => row)).toEqual([undefined, { state: '40 %', warning: true }]);
  expect(log.errors).toMatchObject([{ text: expect.stringContaining('no list, but {"type":"error"') }]);
});
