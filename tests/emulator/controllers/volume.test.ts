import { expect, test } from 'vitest';
import {
  ticketStatus,
  wantedNode,
  wantsNoFrontend,
} from '../../../emulator/controllers/volume/attachment.ts';
import { nextStep } from '../../../emulator/controllers/volume/status.ts';
import type { ReplicaState } from '../../../emulator/engine/replica-process.ts';
import type { AttachmentTicket, Replica, Volume } from '../../../emulator/longhorn/objects.ts';

type State = NonNullable<Volume['status']>['state'];

test.each<[string, string, boolean, ReplicaState, string]>([
  ['a new volume', ' ', false, 'running', 'creating, detaching unknown, detached unknown detach'],
  [
    'one that is wanted again',
    'detaching unknown',
    true,
    'running',
    'detached unknown detach, attaching unknown, attached unknown attach, attached healthy',
  ],
  ['one wanted no more', 'attached healthy', false, 'running', 'detaching unknown, detached unknown detach'],
  ['one whose replica has yet to run', 'detached unknown', true, 'starting', 'attaching unknown'],
  [
    'one whose replica fails before',
    'attaching unknown',
    true,
    'error',
    'detaching faulted, detached faulted detach',
  ],
  [
    'one whose replica fails afterwards',
    'attached unknown',
    true,
    'error',
    'detaching faulted, detached faulted detach',
  ],
  ['a faulted one that is wanted', 'detached faulted', true, 'running', ''],
  ['one whose restore has failed', 'attached faulted', true, 'running', ''],
])('%s, %s, goes the way a real one was seen to go', (_, from, wanted, replica, way) => {
  const [state = '', robustness = ''] = from.split(' ');
  const steps: string[] = [];
  let now = { state: state as State, robustness };
  for (let step = nextStep({ ...now, wanted, replica }); step; step = nextStep({ ...now, wanted, replica })) {
    steps.push([step.state, step.robustness, step.device].filter(Boolean).join(' '));
    now = step;
  }
  expect(steps.join(', ')).toBe(way);
});

/** A ticket written as `ID NODE`, with its type and disableFrontend where those are not as a user's are. */
const ticket = (text: string): AttachmentTicket => {
  const [id = '', nodeID = '', type = 'longhorn-api', disableFrontend] = text.split(' ');
  return { id, nodeID, type, ...(disableFrontend && { parameters: { disableFrontend } }) };
};

test.each([
  ['no ticket', [], 'n1', ''],
  ['one ticket', ['a n2'], '', 'n2'],
  ['a ticket for where it is', ['a n2', 'b n1'], 'n1', 'n1'],
  ["a user's before a controller's", ['a n2 backup-controller', 'b n1'], '', 'n1'],
  ['the first of two alike', ['b n2', 'a n1'], 'n3', 'n1'],
])('where a volume is wanted: %s', (_, tickets, now, node) => {
  expect(wantedNode(tickets.map(ticket), now)).toBe(node);
});

test.each([
  ['who says nothing of it wants one', ['a n1'], false],
  ['who wants none gets none', ['a n1 longhorn-api true'], true],
  ['a controller does not mind', ['a n1 backup-controller any'], false],
  ['a user decides', ['a n1 backup-controller any', 'b n1 longhorn-api true'], true],
  ['who is on another node does not', ['a n2 longhorn-api true'], false],
])('with or without a frontend: %s', (_, tickets, expected) => {
  expect(wantsNoFrontend(tickets.map(ticket), 'n1')).toBe(expected);
});

const nobody = 'the volume is asked for on no node';
test.each<[string, string, State, boolean, boolean | string | RegExp]>([
  ['a n1', 'n1', 'attached', false, true],
  ['a n1 longhorn-api true', 'n1', 'attached', false, /^not emulated: .*it is attached with one$/],
  ['a n1 longhorn-api false', 'n1', 'attached', true, /^not emulated: .*it is attached without one$/],
  ['a n1 longhorn-api any', 'n1', 'attached', true, true],
  ['a n2', '', 'detached', false, /^not emulated: attaching to n2/],
  ['a n1', '', 'detached', false, nobody],
])(
  'the ticket "%s" of a volume on "%s" that is %s, disableFrontend %s: %s',
  (text, nodeID, state, frontend, is) => {
    const volume = {
      spec: { nodeID, disableFrontend: frontend },
      status: { state, currentNodeID: state === 'attached' ? nodeID : '' },
    } as Volume;
    const replica = { spec: { nodeID: 'n1' } } as Replica;
    const status = ticketStatus(ticket(text), { volume, replica, before: undefined, now: 'now' });
    expect(status).toMatchObject({
      id: 'a',
      satisfied: is === true,
      conditions: [{ type: 'Satisfied', status: is === true ? 'True' : 'False' }],
    });
    if (typeof is !== 'boolean') expect(status.conditions[0]?.message).toMatch(is);
  },
);
