import { readScenarioFiles } from './trace.ts';

/** The cells of the store's matrix that scenarios say to run, by their names, each with the first of these. */
export const cellsOfScenarios = (): ReadonlyMap<string, string> => {
  const byCell = new Map<string, string>();
  for (const { scenarios } of readScenarioFiles().values())
    for (const { name, cells } of scenarios)
      for (const cell of cells) if (!byCell.has(cell)) byCell.set(cell, name);
  return byCell;
};
