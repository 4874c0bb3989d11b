import { expect, test } from 'vitest';
import type { Fault, FaultKind, Faults } from '../../e2e/faults/fault.ts';
import { kinds as faultKinds } from '../../e2e/faults/kinds.ts';
import { onlyDeclared } from '../../e2e/faults/open-faults.ts';
import { abilities } from '../../e2e/store/driver.ts';
import { proseOf, read } from './support/documents.ts';

const kinds = Object.keys(faultKinds) as Fault['kind'][];

const section = (kind: string): string =>
  new RegExp(`^### ${kind}$([\\s\\S]*?)(?=^##)`, 'm').exec(proseOf('docs/faults.md'))?.[1] ?? '';

/**
 * The disruption that a fault of this kind needs, as the suite itself says when it refuses one that is not
 * declared.
 */
const disruptionOf = async (kind: Fault['kind']): Promise<string | undefined> => {
  const injected = { title: '', prove: async () => '', heal: async () => '' };
  const none: Faults = { inject: async () => injected, lapsed: () => [], healAll: async () => {} };
  const fault: Fault = { kind, title: 'it', data: {}, inject: async () => {}, prove: async () => '' };
  const declared = onlyDeclared(none, { disruptions: [], needs: Object.keys(abilities) });
  const refused = await declared.inject(fault).catch((error: Error) => error);
  return /does not declare the disruption ([\w-]+)/.exec(String(refused))?.[1];
};

test.each(kinds)('%s says all that there is to say of a fault, and its disruption', async (kind) => {
  const text = section(kind);
  const ofScenarios = kind === 'lab' ? [] : ['inject', 'prove', 'heal', 'in scenarios'];
  for (const word of ['bound', 'strangers', ...ofScenarios])
    expect(text).toMatch(new RegExp(`^- ${word}: `, 'm'));
  const disruption = await disruptionOf(kind);
  expect(text).toContain(`\n- disruption: ${disruption === undefined ? 'none' : `\`${disruption}\``}\n`);
  const { ability }: FaultKind = faultKinds[kind];
  expect(/^- needs: `(\w+)`$/m.exec(text)?.[1]).toBe(ability);
});

test('every fault of the lab is in the table', () => {
  const exported = read('e2e/faults/lab-faults.ts').matchAll(/^export const (?!goneWithItsLab)(\w+) =/gm);
  const faults = [...exported].map(([, name = '']) => name);
  expect(faults.length).toBeGreaterThan(5);
  expect(faults.filter((name) => !section('lab').includes(`\`${name}\``))).toEqual([]);
});

test('no other kind of fault is told of', () => {
  const told = [...proseOf('docs/faults.md').matchAll(/^### (.*)$/gm)].map(([, kind]) => kind);
  expect(told.toSorted()).toEqual([...kinds].toSorted());
});

test('its bounds are those of the code', () => {
  const told = (kind: string) => /^- bound: (.*(?:\n {2}.*)*)$/m.exec(section(kind))?.[1] ?? '';
  expect(read('e2e/faults/held-deletion.ts')).toContain('{ search: 60, hold: 120 }');
  expect(told('held-deletion')).toMatch(/60 s .* 120 s/);
  const stalled = read('e2e/store/drivers/folder/stalled-server.ts').match(/(?<=bound: )\d+/g);
  expect(stalled).toEqual(['25', '2400', '300']);
  expect(told('stalled-server')).toMatch(/25 s .* 40 min .* 5 min/);
});
