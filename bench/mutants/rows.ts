import { formatDuration } from '../../e2e/kube/duration.ts';
import type { Judged } from './judge.ts';

/** One scenario on one mutant (`null`: on the emulator without a bug), as it stands in mutants.json; the duration is in ms. */
export type Row = Judged & { mutant: string | null; bug: string | null; scenario: string; by: string | null; duration: number };

const cell = (text: string): string => text.replaceAll('|', '/');

const howItEnded = ({ fate, by, step, reason }: Row): string => {
  const where = [step, reason].filter((part) => part !== null).join(': ');
  if (fate === 'killed') return where;
  if (fate === 'passed without a bug') return fate;
  return `**${fate}**${by === null ? '' : ` (meant: ${by})`}${where === '' ? '' : `: ${where}`}`;
};

/** All rows as a table in Markdown: mutant, scenario, and which assertion noticed it. */
export const table = (rows: readonly Row[]): string =>
  [
    ['mutant', 'scenario', 'killed by', 'after'],
    ['---', '---', '---', '--:'],
    ...rows.map((row) => [row.mutant ?? '(none)', row.scenario, howItEnded(row), formatDuration(row.duration)]),
  ]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |\n`)
    .join('');
