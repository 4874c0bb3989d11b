import { expect, test } from 'vitest';
import type { Fault, Faults } from '../../e2e/faults/fault.ts';
import { onlyDeclared } from '../../e2e/faults/open-faults.ts';

const injected: string[] = [];
const faults = {
  inject: async ({ title }: Fault) => {
    injected.push(title);
  },
} as unknown as Faults;
const fault = (kind: Fault['kind']) => ({ kind, title: `a ${kind}` }) as Fault;

test('a fault that others could feel is refused unless the scenario declares it', async () => {
  await expect(
    onlyDeclared(faults, { disruptions: ['settings'], needs: [] }).inject(fault('killed-pod')),
  ).rejects.toThrow('the scenario does not declare the disruption manager-kill, and does this: a killed-pod');
  expect(injected).toEqual([]);
  await onlyDeclared(faults, { disruptions: ['manager-kill'], needs: [] }).inject(fault('killed-pod'));
  await onlyDeclared(faults, { disruptions: [], needs: ['denyDeletion'] }).inject(fault('immutable-file'));
  expect(injected).toEqual(['a killed-pod', 'a immutable-file']);
});

test('one of the store is refused unless the scenario says that it needs a store which can have it', async () => {
  await expect(
    onlyDeclared(faults, { disruptions: ['store-stall'], needs: ['lab'] }).inject(fault('stalled-server')),
  ).rejects.toThrow('the scenario does not declare that it needs stall, and does this: a stalled-server');
});
