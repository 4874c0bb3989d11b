import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { differences } from '../../longhorn/differences/differences.ts';
import { parseEntries } from './table.ts';
import { findToldSteps } from './told-steps.ts';
import type { Material } from './trace.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');

/** Reads the seeds with their tables, the scenarios and the steps of this project. */
export const readProject = (): Material => ({
  documents: globSync('fixtures/seeds/*.txt', { cwd: root })
    .toSorted()
    .map((file) => ({ name: basename(file, '.txt'), text: read(file), entries: parseEntries(read(file.replace(/\.txt$/, '.yaml'))) })),
  scenarios: new Map(
    globSync('**/*.e2e.ts', { cwd: join(root, 'e2e/scenarios') }).map((file) => [
      file.replace(/\.e2e\.ts$/, ''),
      read('e2e/scenarios', file),
    ]),
  ),
  steps: findToldSteps(
    globSync('e2e/steps/**/*.ts', { cwd: root })
      .toSorted()
      .map((file) => read(file)),
  ),
  differences: new Set(Object.keys(differences)),
});
