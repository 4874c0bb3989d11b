import { beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../e2e/faults/fault.ts';
import {
  apiServerStopped,
  clockSkewed,
  diskFailing,
  labFaultKind as labFault,
  nodeCrashed,
  nodeCut,
  nodeSlow,
} from '../../e2e/faults/lab-faults.ts';
import { type Ledger, openLedger } from '../../e2e/faults/ledger.ts';
import { closeGone, openFaults } from '../../e2e/faults/open-faults.ts';
import { type StandInLab, startStandInLab } from '../support/stand-in-lab.ts';
import { stubCluster } from '../support/stub-cluster.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const cluster = stubCluster({ server: 'https://cluster.invalid' });
let lab: StandInLab;
let ledger: Ledger;

beforeEach(async () => {
  lab = await startStandInLab();
  ledger = await openLedger(await temporaryFolder());
});

const node = 'node2';

type Make = (where: { lab: string; node: string }) => Fault;
const [delayMs, afterSeconds, skewMs] = [100, 30, -600_000];
const slow: Make = (on) => nodeSlow({ ...on, delayMs });
const isSlow = "node2's network is 100 ms slow each way and loses 0 %";
const failing: Make = (on) => diskFailing({ ...on, afterSeconds });
const fails = { action: 'disk-fail', node, afterSeconds };
const skewed: Make = (on) => clockSkewed({ ...on, skewMs });
const skew = { action: 'clock-skew', node, skewMs };
const stop = { action: 'apiserver-stop' };
// How each is proven in a real lab: tests/lab/faults.cluster.test.ts.
test.each<[title: string, Make, inject: object, at: string, heal: string]>([
  ['node2 is without power', nodeCrashed, { action: 'crash', node }, 'power', 'start'],
  [isSlow, slow, { action: 'slow', node, delayMs, lossPercent: 0 }, 'speed', 'fast'],
  ["node2's disk fails after 30 s", failing, fails, 'disk', 'disk-heal'],
  ["node2's clock is 10 min behind", skewed, skew, 'clock', 'clock-heal'],
  ['the API server is stopped', apiServerStopped, stop, 'apiserver', 'apiserver-start'],
])('%s', async (title, make, inject, at, heal) => {
  const fault = make({ lab: lab.folder, node });
  const faults = openFaults({ cluster, ledger });
  await expect(fault.prove()).rejects.toThrow(`the fault is not in force: ${title}: it works`);
  const injected = await faults.inject(fault);
  expect(await injected.prove()).toBe('it is broken');
  expect(await injected.heal()).toBe('it works');
  const where = 'node' in inject ? { node } : {};
  const proving = { action: 'look', at, ...where };
  expect(lab.questions).toEqual([proving, inject, proving, { action: heal, ...where }]);
  expect(ledger.open()).toEqual([]);
});

describe('when the lab does not do what was asked', () => {
  test('an order that it refuses fails, and stays in the ledger', async () => {
    lab.refuse('the lab has no node named node9; it has node1');
    const faults = openFaults({ cluster, ledger });
    await expect(faults.inject(nodeCut({ lab: lab.folder, node: 'node9' }))).rejects.toThrow(
      'no node named node9',
    );
    await expect(faults.healAll()).rejects.toThrow('a fault could not be healed');
    expect(ledger.open()).toHaveLength(1);
  });

  test.each(['die', 'leave'] as const)('a fault of a lab that is gone (%s) is gone with it', async (end) => {
    const faults = openFaults({ cluster, ledger });
    const injected = await faults.inject(nodeCut({ lab: lab.folder, node }));
    expect(await closeGone(ledger)).toEqual([]);
    await lab[end]();
    await expect(injected.prove()).rejects.toThrow(`no lab is up in ${lab.folder}`);
    expect(await closeGone(ledger)).toEqual([
      'node2 is cut off the network: the lab is gone, and the fault with it',
    ]);
    expect(await injected.heal()).toBe('the lab is gone, and the fault with it');
    expect(ledger.open()).toEqual([]);
  });

  test('a ledger cannot make it do anything but heal', async () => {
    await expect(
      labFault.heal(cluster, { lab: lab.folder, undo: { action: 'run', node, script: 'true' } }),
    ).rejects.toThrow('Invalid option');
    expect(lab.questions).toEqual([]);
  });
});
