import { expect, test } from 'vitest';
import { stateOf } from '../../../e2e/report/html/object-lanes.ts';

const metadata = { deletionTimestamp: '2026-11-20T08:00:00Z' };
const ready = { name: 'manager', ready: true, restartCount: 0 };
const pod = (container: object, status: object = {}) => ({
  phase: 'Running',
  containerStatuses: [{ ...ready, ...container }],
  ...status,
});
const failed = { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' };
const ticket = { type: 'csi-attacher', nodeID: 'node1' };
const unavailable = { status: 'True', reason: 'Unavailable', message: 'timeout' };

const hasTicket = {
  spec: { attachmentTickets: { t1: ticket } },
  status: { attachmentTicketStatuses: { t1: { satisfied: true } } },
};
const hasTickets = { spec: { attachmentTickets: { t1: null, t2: {} } } };
const synced = { lastSyncedAt: '2026-11-20T08:00:00Z', conditions: [unavailable] };
const notReady = { conditions: [{ type: 'Ready', status: 'False' }] };
const crashing = { ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } };
const lost = 'not ready, though its containers were: its node may be lost';

const ofStatus: [resource: string, status: object, states: string[]][] = [
  ['backups', { state: 'Pending', messages: { info: 'Wait for b1' } }, ['Pending', 'waiting', 'Wait for b1']],
  ['backups', { state: 'Completed', error: '' }, ['Completed', 'good']],
  ['backups', { state: 'Error', error: 'e', messages: { error: 'm' } }, ['Error', 'bad', 'm', 'e']],
  ['volumes', { state: 'attached', robustness: 'healthy' }, ['attached, healthy', 'good']],
  ['volumes', { state: 'detached', robustness: 'unknown' }, ['detached', 'quiet']],
  ['volumes', { state: 'attached', robustness: 'degraded' }, ['attached, degraded', 'waiting']],
  ['volumes', { state: 'detached', robustness: 'faulted' }, ['detached, faulted', 'bad']],
  ['snapshots', { readyToUse: false }, ['not ready', 'waiting']],
  ['snapshots', { readyToUse: false, error: 'lost' }, ['error', 'bad', 'lost']],
  ['backuptargets', { available: false, lastSyncedAt: null }, ['not available', 'waiting']],
  ['backuptargets', { available: false, ...synced }, ['not available', 'bad', 'Unavailable', 'timeout']],
  ['jobs', { active: 1, failed: 2 }, ['Active', 'waiting', '2 of its pods failed']],
  ['jobs', { conditions: [{ type: 'Complete', status: 'True' }] }, ['Complete', 'good']],
  ['jobs', { conditions: [failed] }, ['Failed', 'bad', 'BackoffLimitExceeded']],
  ['pods', pod({}), ['Ready', 'good']],
  ['pods', pod({}, notReady), ['Running, not ready', 'bad', lost]],
  ['pods', pod({ restartCount: 1 }), ['Ready', 'good', 'manager: restarted once']],
  ['pods', pod(crashing), ['Running, not ready', 'bad', 'manager: CrashLoopBackOff']],
];
const tickets = ['a ticket on no node: t1', 'a ticket on no node: t2'];

type Row = [resource: string, object: Record<string, unknown>, states: string[]];

test.each<Row>([
  ...ofStatus.map(([resource, status, described]): Row => [resource, { status }, described]),
  ['backups', {}, ['new', 'waiting']],
  ['backups', { metadata, status: { state: 'Deleting' } }, ['Deleting', 'going']],
  ['backups', { metadata, status: { state: 'Completed' } }, ['deleting (Completed)', 'going']],
  ['backups', { metadata, status: { state: 'Error' } }, ['deleting (Error)', 'bad']],
  ['volumeattachments', hasTicket, ['1 ticket', 'good', 'csi-attacher on node1: t1']],
  ['volumeattachments', hasTickets, ['2 tickets', 'waiting', ...tickets]],
  ['cronjobs', {}, ['exists', 'quiet']],
])('%s %o is %j', (resource, object, [state, tone, ...texts]) => {
  expect(stateOf(resource, object)).toEqual({ state, tone, texts });
});
