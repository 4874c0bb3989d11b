import { expect, test } from 'vitest';
import { onlyDeclared } from '../../e2e/faults/declared.ts';
import type { Fault, Faults } from '../../e2e/faults/fault.ts';

const injected: string[] = [];
const faults = {
  inject: async ({ title }: Fault) => {
    injected.push(title);
  },
} as unknown as Faults;
const fault = (kind: Fault['kind']) => ({ kind, title: `a ${kind}` }) as Fault;

test('a fault that others could feel is refused unless the scenario declares it', async () => {
  await expect(onlyDeclared(faults, ['settings']).inject(fault('killed-pod'))).rejects.toThrow(
    'the scenario does not declare the danger manager-kill, and does this: a killed-pod',
  );
  expect(injected).toEqual([]);
  await onlyDeclared(faults, ['manager-kill']).inject(fault('killed-pod'));
  await onlyDeclared(faults, []).inject(fault('immutable-file'));
  expect(injected).toEqual(['a killed-pod', 'a immutable-file']);
});
