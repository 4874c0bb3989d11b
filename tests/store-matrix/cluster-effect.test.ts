import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cellsOfScenarios } from '../../e2e/cli/traceability/cells-of-scenarios.ts';
import { cellNameOf, cells, type MatrixCell } from '../../e2e/store-matrix/cells.ts';
import { effectOnCluster } from '../../e2e/store-matrix/cluster-effect.ts';

const recording = new URL('../../fixtures/recordings/store-matrix-v1.12.1/cells.json', import.meta.url);
const real: Record<string, string[]> = JSON.parse(readFileSync(recording, 'utf8')).cells;
const red = cells.filter((cell) => (real[cellNameOf(cell)] ?? []).length > 0);
const inScenarios = cellsOfScenarios();

test('every cell that a scenario says to run is one of the matrix', () => {
  const names = cells.map(cellNameOf) as string[];
  expect([...inScenarios.keys()].filter((cell) => !names.includes(cell))).toEqual([]);
  expect(red.filter((cell) => inScenarios.has(cellNameOf(cell)))).toHaveLength(10);
});

test('of every cell that is red on a real engine it is known what becomes of it on a cluster', () => {
  expect(red).toHaveLength(140);
  const others = red.filter((cell) => !inScenarios.has(cellNameOf(cell)));
  expect(others.filter((cell) => effectOnCluster(cell) === undefined)).toEqual([]);
  const ends = others.flatMap((cell) => effectOnCluster(cell) ?? []);
  const kinds = Object.groupBy(
    ends,
    (end) => (['as', 'harmless', 'cannot'] as const).find((kind) => kind in end) ?? '',
  );
  expect(Object.entries(kinds).map(([kind, all]) => [kind, all?.length])).toEqual([
    ['as', 83],
    ['cannot', 7],
    ['harmless', 40],
  ]);
});

test('what another ends as is run, and shows the same, or goes as far', () => {
  const others = red.flatMap((cell): [MatrixCell, string][] => {
    const end = inScenarios.has(cellNameOf(cell)) ? undefined : effectOnCluster(cell);
    return end !== undefined && 'as' in end ? [[cell, end.as]] : [];
  });
  expect(others.filter(([, as]) => !inScenarios.has(as))).toEqual([]);
  // Where the command fails late, its cell in the matrix has a block of another backup alone.
  const alike = others.filter(([, as]) => real[as] !== undefined);
  const differ = alike.filter(
    ([cell, as]) => !real[cellNameOf(cell)]?.some((sign) => real[as]?.includes(sign)),
  );
  expect(differ).toEqual([]);
  const late = others.filter(([, as]) => real[as] === undefined);
  expect(late.filter(([cell]) => !real[cellNameOf(cell)]?.includes('half-gone'))).toEqual([]);
});
