import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installEmulator } from '../../emulator/install.ts';
import { prepareLab } from '../../lab/prepare.ts';
import { defaultSize } from '../../lab/size.ts';
import type { StepRunner } from '../../lab/step.ts';
import { buildAndStartLab } from '../../lab/up.ts';
import { emulatorArchive, emulatorImage } from '../../providers/emulator-image.ts';

const secondsSince = (start: number): number => (performance.now() - start) / 1000;

/**
 * Measures the seconds from the start of a lab until its nodes are Ready, and until its emulator is ready.
 */
export const measureStart = async (): Promise<{ nodes: number; emulator: number }> => {
  const archives = [await emulatorArchive()];
  const phases = new Map<string, number>();
  const start = performance.now();
  const step: StepRunner = async (title, work) => {
    const result = await work(() => {});
    phases.set(title, secondsSince(start));
    return result;
  };
  const { nodes } = defaultSize;
  const emulator = { clock: 'fast', image: emulatorImage, nodes };
  const lab = await buildAndStartLab({
    name: `times-${process.pid}`,
    archives,
    step,
    meanwhile: async ({ kubeconfig }, signal) => {
      await step('emulator ready', () => installEmulator({ ...emulator, kubeconfig, signal }));
    },
  });
  await lab.stop();
  const of = (phase: string): number => {
    const seconds = phases.get(phase);
    if (seconds === undefined) throw new Error(`the start of a lab has no step "${phase}"`);
    return seconds;
  };
  return { nodes: of(`Wait until ${nodes} nodes are Ready`), emulator: of('emulator ready') };
};

/**
 * Measures the seconds to build all that a lab with the emulator needs, in an empty cache. Prints each part
 * as it ends. Go compiles everything again; the sources of its modules may already be on the machine.
 */
export const measureBuild = async (print: (line: string) => void): Promise<number> => {
  const dir = await mkdtemp(join(tmpdir(), 'corral-bench-build-'));
  Object.assign(process.env, { XDG_CACHE_HOME: dir, GOCACHE: join(dir, 'go-build') });
  const start = performance.now();
  const step: StepRunner = async (title, work) => {
    const begun = performance.now();
    const result = await work(() => {});
    print(`${title}: ${secondsSince(begun).toFixed(1)} s`);
    return result;
  };
  try {
    await prepareLab(step, [await emulatorArchive()]);
    return secondsSince(start);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
};
