import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from '../../lab/prepare.ts';
import type { StepRunner } from '../../lab/step.ts';
import { emulatorArchive } from '../../providers/emulator-image.ts';
import { addFigure, type Figures, figuresTable } from './table.ts';

/**
 * Builds all that a lab with the emulator needs, once, in an empty cache, and returns the table of what each
 * part took, in seconds. Go compiles everything anew; the sources of its modules may be on the machine
 * already. Parts are built side by side where they can be.
 */
export const benchCold = async (print: (line: string) => void): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'corral-bench-cold-'));
  Object.assign(process.env, { XDG_CACHE_HOME: dir, GOCACHE: join(dir, 'go-build') });
  const figures: Figures = new Map();
  const start = performance.now();
  const step: StepRunner = async (title, work) => {
    const begun = performance.now();
    const result = await work(() => {});
    addFigure(figures, title, (performance.now() - begun) / 1000);
    print(`${title}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    return result;
  };
  try {
    await prepare(step, [await emulatorArchive()]);
    addFigure(figures, 'all', (performance.now() - start) / 1000);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  return figuresTable('cold build, s', figures);
};
