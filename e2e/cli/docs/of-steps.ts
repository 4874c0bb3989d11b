import { readProject } from '../traceability/trace.ts';
import { code, table } from './markdown.ts';

/** The steps that scenarios call, with the sentence that each prints; or the sentences of those that every scenario has without calling them. */
export const tellSteps = (word: 'given' | 'when' | 'then' | 'always'): string[] => {
  const { named, always } = readProject().steps;
  if (word === 'always') return [...always].map((sentence) => `- ${sentence}`);
  const steps = [...named].filter(([name]) => name.startsWith(`${word}.`)).toSorted(([one], [other]) => one.localeCompare(other));
  return table(
    ['step', 'prints itself as'],
    steps.map(([name, sentence]) => [code(name), sentence]),
  );
};
