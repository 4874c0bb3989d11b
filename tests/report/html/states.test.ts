import { expect, test } from 'vitest';
import { stateOf } from '../../../e2e/report/html/object-lanes.ts';

const deletionTimestamp = '2026-11-20T08:00:00Z';
const ready = { name: 'manager', ready: true, restartCount: 0 };

const cases: [
  resource: string,
  object: Record<string, unknown>,
  state: string,
  tone: string,
  texts?: string[],
][] = [
  ['backups', {}, 'new', 'waiting'],
  [
    'backups',
    { status: { state: 'Pending', messages: { info: 'Wait for b1' } } },
    'Pending',
    'waiting',
    ['Wait for b1'],
  ],
  ['backups', { status: { state: 'InProgress', messages: null } }, 'InProgress', 'busy'],
  ['backups', { status: { state: 'Completed', error: '' } }, 'Completed', 'good'],
  [
    'backups',
    { status: { state: 'Error', error: 'e', messages: { error: 'm' } } },
    'Error',
    'bad',
    ['m', 'e'],
  ],
  ['backups', { metadata: { deletionTimestamp }, status: { state: 'Deleting' } }, 'Deleting', 'going'],
  [
    'backups',
    { metadata: { deletionTimestamp }, status: { state: 'Completed' } },
    'deleting (Completed)',
    'going',
  ],
  ['backups', { metadata: { deletionTimestamp }, status: { state: 'Error' } }, 'deleting (Error)', 'bad'],
  ['volumes', { status: { state: 'attached', robustness: 'healthy' } }, 'attached, healthy', 'good'],
  ['volumes', { status: { state: 'detached', robustness: 'unknown' } }, 'detached', 'quiet'],
  ['volumes', { status: { state: 'attaching', robustness: '' } }, 'attaching', 'busy'],
  ['volumes', { status: { state: 'attached', robustness: 'degraded' } }, 'attached, degraded', 'waiting'],
  ['volumes', { status: { state: 'detached', robustness: 'faulted' } }, 'detached, faulted', 'bad'],
  ['snapshots', { status: { readyToUse: true } }, 'ready', 'good'],
  ['snapshots', { status: { readyToUse: false } }, 'not ready', 'waiting'],
  ['snapshots', { status: { readyToUse: false, error: 'lost' } }, 'error', 'bad', ['lost']],
  ['backuptargets', { status: { available: true } }, 'available', 'good'],
  ['backuptargets', { status: { available: false, lastSyncedAt: null } }, 'not available', 'waiting'],
  [
    'backuptargets',
    {
      status: {
        available: false,
        lastSyncedAt: '2026-11-20T08:00:00Z',
        conditions: [{ status: 'True', reason: 'Unavailable', message: 'timeout' }],
      },
    },
    'not available',
    'bad',
    ['Unavailable', 'timeout'],
  ],
  ['jobs', { status: { active: 1 } }, 'Active', 'busy'],
  ['jobs', { status: { active: 1, failed: 2 } }, 'Active', 'waiting', ['2 of its pods failed']],
  ['jobs', { status: { conditions: [{ type: 'Complete', status: 'True' }] } }, 'Complete', 'good'],
  [
    'jobs',
    { status: { conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] } },
    'Failed',
    'bad',
    ['BackoffLimitExceeded'],
  ],
  ['pods', { status: { phase: 'Running', containerStatuses: [ready] } }, 'Ready', 'good'],
  [
    'pods',
    {
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'False' }],
        containerStatuses: [ready],
      },
    },
    'Running, not ready',
    'bad',
    ['not ready, though its containers were: its node may be lost'],
  ],
  [
    'pods',
    { status: { phase: 'Running', containerStatuses: [{ ...ready, restartCount: 1 }] } },
    'Ready',
    'good',
    ['manager: restarted once'],
  ],
  [
    'pods',
    {
      status: {
        phase: 'Running',
        containerStatuses: [{ ...ready, ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
      },
    },
    'Running, not ready',
    'bad',
    ['manager: CrashLoopBackOff'],
  ],
  ['pods', { status: { phase: 'Pending', containerStatuses: [] } }, 'Pending', 'waiting'],
  [
    'pods',
    { metadata: { deletionTimestamp }, status: { phase: 'Running', containerStatuses: [ready] } },
    'deleting (Ready)',
    'going',
  ],
  [
    'volumeattachments',
    {
      spec: { attachmentTickets: { t1: { type: 'csi-attacher', nodeID: 'node1' } } },
      status: { attachmentTicketStatuses: { t1: { satisfied: true } } },
    },
    '1 ticket',
    'good',
    ['csi-attacher on node1: t1'],
  ],
  [
    'volumeattachments',
    { spec: { attachmentTickets: { t1: null, t2: {} } } },
    '2 tickets',
    'waiting',
    ['a ticket on no node: t1', 'a ticket on no node: t2'],
  ],
  ['cronjobs', {}, 'exists', 'quiet'],
];

test.each(cases)('%s %o is "%s"', (resource, object, state, tone, texts = []) => {
  expect(stateOf(resource, object)).toEqual({ state, tone, texts });
});
