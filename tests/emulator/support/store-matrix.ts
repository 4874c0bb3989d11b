import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Mutant } from '../../../emulator/mutants.ts';

const script = fileURLToPath(new URL('../../../scripts/corral.ts', import.meta.url));

type Wanted = { only?: string; mutant?: Mutant | '' };
type CellOutcome = { signs: string[]; bugs: string[]; verdict: string };

/**
 * Runs the matrix, or the cells with `only` in their names, on the emulator's engine; returns each by name.
 * `cannot` says why this machine cannot run it, which in CI is an error.
 */
export const runMatrix = async ({ only = '', mutant = '' }: Wanted = {}) => {
  // Several run at once: a folder of the test that ends first would go under the others.
  const folder = await mkdtemp(join(tmpdir(), 'corral-test-'));
  const json = join(folder, 'cells.json');
  try {
    const { exitCode, stdout, stderr, timedOut } = await execa(
      process.execPath,
      [script, 'store', 'matrix', '--only', only, '--json', json],
      {
        env: { CORRAL_EMULATOR_MUTANT: mutant },
        reject: false,
        // A test of one cell has four minutes. It then fails with what the matrix has printed.
        ...(only !== '' && { timeout: 200_000 }),
      },
    );
    if (timedOut) throw new Error(`the matrix did not end within 200 s\n${stdout}\n${stderr}`);
    const cannot = exitCode === 3 ? stderr : undefined;
    if (cannot !== undefined && process.env.CI) throw new Error(cannot);
    const { played } = cannot === undefined ? JSON.parse(await readFile(json, 'utf8')) : { played: [] };
    const named = ({ operation, place, failure, ...outcome }: Record<string, unknown>) =>
      [`${operation} | ${place} | ${failure}`, outcome] as const;
    const cells: Record<string, CellOutcome> = Object.fromEntries(played.map(named));
    return { exitCode, cannot, cells };
  } finally {
    await rm(folder, { recursive: true });
  }
};
