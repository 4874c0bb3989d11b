import { describe, expect, test } from 'vitest';
import {
  ticketStatus,
  wantedNode,
  wantsNoFrontend,
} from '../../../emulator/controllers/volume/attachment.ts';
import { nextStep } from '../../../emulator/controllers/volume/status.ts';
import type { ReplicaState } from '../../../emulator/engine/replica-process.ts';
import type { AttachmentTicket, Replica, Volume } from '../../../emulator/longhorn/objects.ts';

type State = NonNullable<Volume['status']>['state'];

const way = (
  start: { state: State; robustness: string },
  wanted: boolean,
  replica: ReplicaState = 'running',
): string[] => {
  const steps: string[] = [];
  for (
    let now = start, step = nextStep({ ...now, wanted, replica });
    step;
    step = nextStep({ ...now, wanted, replica })
  ) {
    steps.push([step.state, step.robustness, step.device].filter(Boolean).join(' '));
    now = step;
  }
  return steps;
};

test('a new volume goes the way a real one was seen to go', () => {
  expect(way({ state: '', robustness: '' }, false)).toEqual([
    'creating',
    'detaching unknown',
    'detached unknown detach',
  ]);
  expect(way({ state: 'detaching', robustness: 'unknown' }, true)).toEqual([
    'detached unknown detach',
    'attaching unknown',
    'attached unknown attach',
    'attached healthy',
  ]);
  expect(way({ state: 'attached', robustness: 'healthy' }, false)).toEqual([
    'detaching unknown',
    'detached unknown detach',
  ]);
});

test('a volume whose restore has failed stays faulted', () => {
  expect(way({ state: 'attached', robustness: 'faulted' }, true)).toEqual([]);
});

test('a volume is attached when its replica runs', () => {
  expect(way({ state: 'detached', robustness: 'unknown' }, true, 'starting')).toEqual(['attaching unknown']);
});

test.each(['attaching', 'attached'] as const)(
  'a volume that is %s when its replica fails is detached, faulted, for good',
  (state) => {
    expect(way({ state, robustness: 'unknown' }, true, 'error')).toEqual([
      'detaching faulted',
      'detached faulted detach',
    ]);
    expect(way({ state: 'detached', robustness: 'faulted' }, true)).toEqual([]);
    expect(way({ state: 'detached', robustness: 'faulted' }, false)).toEqual([]);
  },
);

test('a volume that is where it is wanted stays', () => {
  expect(way({ state: 'attached', robustness: 'healthy' }, true)).toEqual([]);
  expect(way({ state: 'detached', robustness: 'unknown' }, false)).toEqual([]);
});

const ticket = (id: string, nodeID: string, type = 'longhorn-api', more = {}): AttachmentTicket => ({
  id,
  nodeID,
  type,
  ...more,
});

test.each([
  ['no ticket', [], 'n1', ''],
  ['one ticket', [ticket('a', 'n2')], '', 'n2'],
  ['a ticket for where it is', [ticket('a', 'n2'), ticket('b', 'n1')], 'n1', 'n1'],
  ["a user's before a controller's", [ticket('a', 'n2', 'backup-controller'), ticket('b', 'n1')], '', 'n1'],
  ['the first of two alike', [ticket('b', 'n2'), ticket('a', 'n1')], 'n3', 'n1'],
])('%s', (_, tickets, now, node) => {
  expect(wantedNode(tickets, now)).toBe(node);
});

const minds = (disableFrontend: string) => ({ parameters: { disableFrontend } });

test.each([
  ['who says nothing of it wants one', [ticket('a', 'n1')], false],
  ['who wants none gets none', [ticket('a', 'n1', 'longhorn-api', minds('true'))], true],
  ['a controller does not mind', [ticket('a', 'n1', 'backup-controller', minds('any'))], false],
  [
    'a user decides',
    [ticket('a', 'n1', 'backup-controller', minds('any')), ticket('b', 'n1', 'longhorn-api', minds('true'))],
    true,
  ],
  ['who is on another node does not', [ticket('a', 'n2', 'longhorn-api', minds('true'))], false],
])('with or without a frontend: %s', (_, tickets, expected) => {
  expect(wantsNoFrontend(tickets, 'n1')).toBe(expected);
});

describe('a ticket', () => {
  const volume = (nodeID: string, state: State, disableFrontend = false): Volume =>
    ({
      spec: { nodeID, disableFrontend },
      status: { state, currentNodeID: state === 'attached' ? nodeID : '' },
    }) as Volume;
  const replica = { spec: { nodeID: 'n1' } } as Replica;
  const status = (of: AttachmentTicket, on: Volume) =>
    ticketStatus(of, { volume: on, replica, before: undefined, now: 'now' });
  const message = (of: AttachmentTicket, on: Volume) => status(of, on).conditions[0]?.message;

  test('is satisfied once the volume is attached to its node', () => {
    expect(status(ticket('a', 'n1'), volume('n1', 'attached'))).toMatchObject({
      id: 'a',
      satisfied: true,
      conditions: [{ type: 'Satisfied', status: 'True' }],
    });
    expect(status(ticket('a', 'n1'), volume('n1', 'attaching'))).toMatchObject({ satisfied: false });
  });

  test.each([
    ['true', true, true],
    ['true', false, false],
    ['false', true, false],
    ['any', true, true],
    ['any', false, true],
  ])(
    'that says disableFrontend %s, of a volume attached so: %s, is satisfied: %s',
    (wish, disableFrontend, satisfied) => {
      const of = ticket('a', 'n1', 'longhorn-api', minds(wish));
      expect(status(of, volume('n1', 'attached', disableFrontend))).toMatchObject({ satisfied });
    },
  );

  test('says what stands in its way', () => {
    expect(message(ticket('a', 'n2'), volume('', 'detached'))).toMatch(/^not emulated: attaching to n2/);
    expect(message(ticket('a', 'n1', 'longhorn-api', minds('true')), volume('n1', 'attached'))).toMatch(
      /^not emulated: .*it is attached with one$/,
    );
    expect(message(ticket('a', 'n1'), volume('n1', 'attached', true))).toMatch(
      /^not emulated: .*it is attached without one$/,
    );
    expect(message(ticket('a', 'n1'), volume('', 'detached'))).toBe('the volume is asked for on no node');
  });
});
