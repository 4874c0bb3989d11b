import type { FaultKind } from '../faults/fault.ts';
import { faultsByLedgerName } from '../faults/faults.ts';

const quoted = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

const describe = ([fault, ...others]: readonly [FaultKind, ...FaultKind[]]): string[] => {
  const { ledgerName, disruption, needs, document } = fault;
  const { about, otherUsers, 'in scenarios': inScenarios, ...sides } = document;
  const names = [fault, ...others].map(({ name }) => name);
  const lines = {
    ...sides,
    disruption: disruption === undefined ? 'none' : `\`${disruption}\``,
    ...(needs !== undefined && { needs: quoted(names) }),
    'other users': otherUsers,
    'in scenarios': inScenarios,
    'in the ledger': `\`${ledgerName}\``,
  };
  return [
    `### ${names.join(', ')}`,
    '',
    about,
    '',
    ...Object.entries(lines).flatMap(([word, text]) => (text === undefined ? [] : [`- ${word}: ${text}`])),
  ];
};

const withGaps = (sections: readonly string[][]): string[] =>
  sections.flatMap((section, index) => (index === 0 ? section : ['', ...section]));

const all = [...faultsByLedgerName.values()];

/** The faults of a backup store, for docs/faults.md. */
export const describeStoreFaults = (): string[] =>
  withGaps(all.filter(([{ needs }]) => needs !== undefined).map(describe));

/** The faults of Longhorn, for docs/faults.md. */
export const describeLonghornFaults = (): string[] =>
  withGaps(
    all.filter(([{ needs, disruption }]) => needs === undefined && disruption !== 'node-fault').map(describe),
  );

/** The faults of the lab, for docs/faults.md. */
export const describeLabFaults = (): string[] =>
  withGaps(all.filter(([{ disruption }]) => disruption === 'node-fault').map(describe));
