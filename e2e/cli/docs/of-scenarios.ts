import { readProject } from '../traceability/read-project.ts';

/** A scenario as it is written, by its file and its name; without comments, which are for those who know the rest. */
export const quoteScenario = (file: string, name: string): string[] => {
  const source = readProject().scenarios.get(file) ?? '';
  const from = source.indexOf(`scenario('${name}'`);
  const end = '\n});\n';
  if (from === -1) throw new Error(`${file} has no scenario named "${name}"`);
  const text = source.slice(from, source.indexOf(end, from) + end.length);
  const lines = text.trimEnd().split('\n');
  return ['```ts', `// from e2e/scenarios/${file}.e2e.ts`, ...lines.filter((line) => !line.trimStart().startsWith('//')), '```'];
};
