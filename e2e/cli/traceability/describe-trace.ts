import type { Trace, Traced } from './trace.ts';

const shown = 150;
const oneLine = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= shown ? line : `${line.slice(0, shown)}...`;
};

const describe = ({ entry, text, proofs, problems }: Traced): string[] => [
  `  ${entry?.id ?? '?'}: ${oneLine(text)}`,
  ...proofs.map(({ scenario, step, told }) => `      ${scenario}: ${told ?? `${step}, not yet played`}`),
  ...(entry?.differs ?? []).map((id) => `      differs: ${id}`),
  ...(entry?.because === undefined ? [] : [`      no step: ${entry.because}`]),
  ...problems.map((problem) => `      ✗ ${problem}`),
];

/** Writes the table, a sentence with its steps below it, and last the line that counts. */
export const describeTrace = ({ sentences, problems }: Trace): string[] => {
  const lines: string[] = [];
  let heading = '';
  for (const traced of sentences) {
    const here = [traced.document, traced.section].filter((part) => part !== '').join(': ');
    if (here !== heading) lines.push(...(heading === '' ? [] : ['']), here);
    heading = here;
    lines.push(...describe(traced));
  }
  return [...lines, '', ...problems.map((problem) => `✗ ${problem}`), summarize({ sentences, problems })];
};

const summarize = ({ sentences, problems }: Trace): string => {
  const wrong = sentences.filter((each) => each.problems.length > 0);
  const waiting = sentences.filter((each) => each.problems.length === 0 && each.missing.length > 0);
  const without = sentences.filter(({ proofs, problems }) => proofs.length === 0 && problems.length === 0);
  const proven = sentences.length - wrong.length - waiting.length - without.length;
  const missing = [...new Set(waiting.flatMap((each) => each.missing))];
  return [
    `${sentences.length} sentences: ${proven} proven`,
    `${without.length} with a reason why no step proves them`,
    `${waiting.length} not yet played${missing.length > 0 ? ` (${missing.join(', ')})` : ''}`,
    `${wrong.length + problems.length} wrong`,
  ].join(', ');
};
