import { expect, test } from 'vitest';
import { faultNamed } from '../../e2e/faults/faults.ts';
import { labFaultKind } from '../../e2e/faults/lab-faults.ts';
import { read } from './support/documents.ts';

test('every fault of the lab is in the table', () => {
  const exported = read('e2e/faults/lab-faults.ts').matchAll(
    /^export const (?!describeGoneLab|compactEtcd|labFaultKind\b)(\w+) =/gm,
  );
  const faults = [...exported].map(([, name = '']) => name);
  expect(faults.length).toBeGreaterThan(5);
  expect(faults.filter((name) => !labFaultKind.document.about.includes(`\`${name}\``))).toEqual([]);
});

test('what it says of bounds is what the code has', () => {
  const boundOf = (ledgerName: string) => faultNamed(ledgerName)?.document.bound;
  expect(read('e2e/faults/held-deletion.ts')).toContain('{ search: 60, hold: 120 }');
  expect(boundOf('held-deletion')).toMatch(/60 s .* 120 s/);
  const stalled = read('e2e/faults/store/server-stalled.ts').match(/(?<=bound: )\d+/g);
  expect(stalled).toEqual(['25', '2400', '300']);
  expect(boundOf('stalled-server')).toMatch(/25 s .* 40 min .* 5 min/);
});
