import { expect, test } from 'vitest';
import { faultsByLedgerName } from '../../../e2e/faults/faults.ts';
import { foreignLock } from '../../../e2e/faults/store/foreign-lock/foreign-lock.ts';
import { type AnyStoreFault, storeFaults } from '../../../e2e/faults/store/store-faults.ts';
import { wrongAnswers } from '../../../e2e/faults/store/wrong-answers.ts';
import { drivers } from '../../../e2e/store/drivers/index.ts';
import { localStore } from '../../store/support/local-store.ts';
import { stubCluster } from '../../support/stub-cluster.ts';

const lock = { volume: 'v', of: 'a backup', life: 1, counts: 1 } as const;

test('what is done to a store says by which driver, so that another process undoes it by the same', async () => {
  const tape = { ...localStore('/nowhere'), driver: 'tape' };
  const data = { driver: 'tape', path: expect.stringContaining('/locks/') };
  expect(await foreignLock.on(tape, lock)).toMatchObject({ kind: { ledgerName: 'foreign-lock' }, data });
});

test('what a store cannot have done to it is not done, and what the scenario should have said is named', async () => {
  const tape = { ...localStore('/nowhere'), driver: 'tape', access: {} };
  await expect(foreignLock.on(tape, lock)).rejects.toThrow(
    `the scenario must say that it needs ${foreignLock.needs} (foreignLock): tape has none`,
  );
  await expect(wrongAnswers.heal(stubCluster(), { driver: 'nfs' })).rejects.toThrow(
    'a store of the kind nfs has nothing to undo of wrongAnswers',
  );
});

test.each((storeFaults as readonly AnyStoreFault[]).map((fault) => [fault.name, fault] as const))(
  '%s is undone by the driver that a ledger names, the first where an old one names none',
  async (_, fault) => {
    await expect(fault.heal(stubCluster(), { driver: 'tape' })).rejects.toThrow(
      'there is no backup store of the kind tape',
    );
    // It knows whose data these are, and misses what they should hold.
    const who = drivers.find((each) => fault.suits(each));
    const data = who === drivers[0] ? {} : { driver: who?.name };
    await expect(fault.heal(stubCluster(), data)).rejects.toThrow(/invalid input/i);
  },
);

test('faults that ledgers have under one name are undone by the same data, and each has a name of its own', () => {
  const names = [...faultsByLedgerName.values()].flat().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const shared = [...faultsByLedgerName].filter(([, faults]) => faults.length > 1);
  expect(shared.map(([name]) => name)).toEqual(['denied-reading', 'stalled-server']);
});
