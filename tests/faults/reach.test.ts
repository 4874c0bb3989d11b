import { describe, expect, test } from 'vitest';
import { faultsByLedgerName } from '../../e2e/faults/faults.ts';
import type { PastFault } from '../../e2e/faults/ledger.ts';
import { type AffectedObjects, reachesOthers, reachingFaults } from '../../e2e/faults/reach.ts';

const base = Date.parse('2026-11-22T07:00:00Z');
const at = (seconds: number): string => new Date(base + seconds * 1000).toISOString();

type FaultGiven = {
  kind?: string;
  data?: unknown;
  from?: number;
  to?: number | undefined;
  scenario?: string;
};

const fault = ({ from = 0, to, scenario = 'another', ...more }: FaultGiven): PastFault => {
  const entry = { id: 'a', server: 'one', title: 'a fault', kind: 'patched-object', data: {}, ...more };
  const healedAt = to === undefined ? undefined : at(to);
  return { entry: { ...entry, recordedAt: at(from), ...(scenario && { scenario }) }, healedAt };
};

const seconds = (from: number, to: number) => ({ from: base + from * 1000, to: base + to * 1000 });

// It exists from 100 s on, its volume starts from 110 to 115 s, and it is expected something of from 200 to
// 300 s.
const affectedObjects: AffectedObjects = {
  since: base + 100_000,
  starts: [seconds(110, 115)],
  nodes: ['node1'],
};

const mine = { scenario: 'mine', server: 'one', decided: seconds(200, 300) };
const reaching = (past: PastFault, more: Partial<AffectedObjects> = {}) =>
  reachingFaults([past], { ...mine, affectedObjects: { ...affectedObjects, ...more } }).map(
    ({ isMeanwhile, how }) => [isMeanwhile ? 'meanwhile' : 'before', how],
  );

const everything = 'it reaches everything';
const starts = 'it reaches every volume that starts meanwhile, and this one did';
const owned = 'it reaches what the manager of node1 owns';

const meanwhile = (how: string): [string, string][] => [['meanwhile', how]];
const engine = (from: number, to?: number): FaultGiven => ({ kind: 'wrapped-engine', from, to });
const killed = (node: string, to?: number): FaultGiven => ({ kind: 'killed-pod', data: { node }, to });

describe('a fault of another scenario', () => {
  test.each<[what: string, FaultGiven, expected: [string, string][]]>([
    ['that is in force', {}, meanwhile(everything)],
    ['that was healed in the stretch that decided', { to: 210 }, meanwhile(everything)],
    ['that was healed before that, when the object was there', { to: 150 }, [['before', everything]]],
    ['of which the ledger does not name the scenario', { scenario: '' }, meanwhile(everything)],
    ['of the scenario itself', { scenario: 'mine' }, []],
    ['of a kind that nobody knows', { kind: 'cut-cable' }, meanwhile('its reach is unknown')],
    ['through which the volume started, though it was healed soon', engine(90, 111), meanwhile(starts)],
    ['through which the volume could not start, as it was healed', engine(90, 109), []],
    ["that killed its owner's manager", killed('node1'), meanwhile(`${owned}, and that is so here`)],
    ['that killed the manager of another node', killed('node2'), []],
    ['that stays with its own', { kind: 'foreign-lock' }, []],
  ])('%s', (_, given, expected) => expect(reaching(fault(given))).toEqual(expected));

  test('reaches what nobody knows the owner of, as it can', () =>
    expect(reaching(fault(killed('node1')), { nodes: undefined })).toEqual([['meanwhile', owned]]));
});

test('a store and an admission policy stay with their own, and no other kind of fault does', () =>
  expect(
    [...faultsByLedgerName.keys()].filter((kind) => reachesOthers(fault({ kind }).entry)).toSorted(),
  ).toEqual([
    'deleted-instance-manager',
    'killed-pod',
    'lab',
    'patched-object',
    'removed-engine-binary',
    'uninstallation',
  ]));
