import { readScenarioFiles } from './trace.ts';

/** The cells of the store's matrix that scenarios declare, each with the first scenario that declares it. */
export const cellsOfScenarios = (): ReadonlyMap<string, string> => {
  const byCell = new Map<string, string>();
  for (const { scenarios } of readScenarioFiles().values())
    for (const { name, cells } of scenarios)
      for (const cell of cells) if (!byCell.has(cell)) byCell.set(cell, name);
  return byCell;
};
