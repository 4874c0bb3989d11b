import { expect, test } from 'vitest';
import type { Expectation } from '../../../../e2e/history/expectation.ts';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import {
  isHeldBack,
  isUploading,
  waitsAndCompletes,
} from '../../../../e2e/suite/steps/backup/expectations.ts';
import { endedUnseen, lookedTooLate, uploadedUnseen } from '../../../../e2e/suite/steps/backup/waiting.ts';
import { InconclusiveError } from '../../../../e2e/suite/steps/judging.ts';

const first = { name: 'b1', label: 'the first backup' };
const second = { name: 'b2', label: 'the second backup', from: 0 };

const tooLate = /first backup was (gone|Error) when the second backup was first seen to go on/;
const unseen =
  /was Completed before Longhorn looked at its upload.*the first backup was (gone|Error) by then/s;

test.each([
  ['too late', 'b1 Deleting, b2 , b1 gone, b2 InProgress', tooLate],
  ['too late', 'b1 Deleting, b2 , b1 Error, b2 InProgress', tooLate],
  ['unseen', 'b1 Deleting, b2 Pending, b1 gone, b2 Completed', unseen],
  ['unseen', 'b1 Deleting, b2 Pending, b1 Error, b2 Completed', unseen],
  ['too late', 'b1 Deleting, b2 , b2 InProgress', undefined],
  ['unseen', 'b1 Deleting, b2 Pending, b2 Completed', undefined],
  ['unseen', 'b1 Deleting, b2 Pending, b1 gone, b2 Error', undefined],
  ['unseen', 'b1 Deleting, b2 Pending, b2 InProgress, b1 gone, b2 Completed', undefined],
])('looked at %s, %s proves nothing, or is a bug', async (about, states, premise) => {
  const messages = { info: 'Wait for backup b1 to be deleted' };
  const events = states.split(', ').map((each, at) => {
    const [name = '', state = ''] = each.split(' ');
    const status = { state: state === 'gone' ? 'Deleting' : state, messages };
    const object = { metadata: { name, resourceVersion: String(at + 1) }, status } as unknown as Backup;
    return { kind: state === 'gone' ? ('deleted' as const) : ('modified' as const), at, object };
  });
  const backups = replayTimeline('backups', events);
  const [expectation, judge] =
    about === 'unseen' ? [waitsAndCompletes, endedUnseen] : [isHeldBack, lookedTooLate];
  const broken: Expectation<Backup> = expectation(backups, { second, first, version: 'v1.12.1' });
  const error: unknown = await broken.within('1s', 'this test').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ verdict: { state: 'broken' } });
  const lost = judge(backups, { second, first, error });
  if (premise === undefined) return expect(lost).toBeUndefined();
  expect(lost).toBeInstanceOf(InconclusiveError);
  expect(lost?.message).toMatch(premise);
});

test.each([
  ['Completed', true],
  ['Error', false],
])('an upload that is %s before it was seen InProgress', async (state, isLost) => {
  const object = { metadata: { name: 'b2', resourceVersion: '1' }, status: { state } } as unknown as Backup;
  const backups = replayTimeline('backups', [{ kind: 'modified', at: 0, object }]);
  const error: unknown = await isUploading(backups, { backup: second, version: 'v1.12.1' })
    .within('1s', 'this test')
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ verdict: { state: 'broken' } });
  expect(uploadedUnseen(error, second) instanceof InconclusiveError).toBe(isLost);
});
