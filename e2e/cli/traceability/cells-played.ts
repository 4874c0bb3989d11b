import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readScenarios } from './sources.ts';

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));

/** The cells of the store's matrix that scenarios say to play, by their names, each with the first of these. */
export const cellsPlayed = (): ReadonlyMap<string, string> => {
  const played = new Map<string, string>();
  for (const file of globSync('**/*.e2e.ts', { cwd: folder }).toSorted())
    for (const { name, cells } of readScenarios(readFileSync(`${folder}/${file}`, 'utf8')).scenarios)
      for (const cell of cells) if (!played.has(cell)) played.set(cell, name);
  return played;
};
