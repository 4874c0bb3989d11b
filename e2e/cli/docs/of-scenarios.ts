import { readProject } from '../traceability/trace.ts';

/** A scenario as it is written, by its file and its name; without comments, which are for those who know the rest. */
export const quoteScenario = (file: string, name: string): string[] => {
  const found = readProject()
    .scenarios.get(file)
    ?.scenarios.find((each) => each.name === name);
  if (found === undefined) throw new Error(`${file} has no scenario named "${name}"`);
  const lines = found.text.split('\n');
  return ['```ts', `// from e2e/scenarios/${file}.e2e.ts`, ...lines.filter((line) => !line.trimStart().startsWith('//')), '```'];
};
