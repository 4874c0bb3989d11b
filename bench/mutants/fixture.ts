import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exactNamePattern } from '../../e2e/cli/shard.ts';
import { spawnRunner } from '../../e2e/cli/spawn-runner.ts';
import { makeRunConfig } from '../../e2e/config/config.ts';
import { makeRunId } from '../../e2e/config/run-id.ts';
import {
  type CrashCell,
  crashCellName,
  type MatrixPlan,
  matrixFiles,
  matrixFolder,
} from '../../e2e/crash-matrix/cells.ts';
import { pluralize } from '../../e2e/kube/text.ts';
import { readReport } from '../../e2e/report/file.ts';
import type { Report } from '../../e2e/report/schema.ts';
import {
  readSoakRuns,
  type SoakPlan,
  type SoakRun,
  soakFiles,
  soakFolder,
  soakName,
} from '../../e2e/soak/actions.ts';
import { fittingStores } from '../../e2e/store/drivers/index.ts';
import { installEmulator } from '../../emulator/install.ts';
import { emulatedVersions } from '../../emulator/modelled-on.ts';
import type { Mutant } from '../../emulator/mutants.ts';
import { defaultSize } from '../../lab/size.ts';
import { emulatorImage } from '../../providers/emulator-image.ts';
import { emulatorManifest } from '../../providers/emulator-pack.ts';
import { describeVersion } from '../../providers/emulator-settings.ts';
import { proxiedLabProvider } from '../../providers/lab.ts';
import type { ProgressDisplay, RunningCluster } from '../../providers/provider.ts';
import { soakGoal } from './judge.ts';

type FixtureOptions = {
  config: string;
  crashMatrix: string;
  soak: string;
  progress: ProgressDisplay;
  /** Takes the lab down at once, with all that scenarios left in it. */
  signal: AbortSignal;
};

/**
 * One run of scenarios on the emulator, with a bug or without one. `version`: what it emulates, if not its own.
 * `scenarios` has names, `files` the files that contain them. `out` is the folder of the results.
 */
type Round = {
  mutant: Mutant | undefined;
  version?: string | undefined;
  scenarios: readonly string[];
  files: readonly string[];
  out: string;
};

/** A lab that runs mutants one after the other. */
export type MutantLab = {
  /** Runs scenarios. Returns undefined if no report was written. Their output goes to `log.txt` in `out`. */
  run(round: Round): Promise<Report | undefined>;
  runCells(round: Pick<Round, 'mutant' | 'out'> & { cells: CrashCell[] }): Promise<Report | undefined>;
  /** Runs a soak. Without a bug this is one run only. `reduced` is the run that a failure was reduced to. */
  runSoak(
    round: Pick<Round, 'mutant' | 'out'> & { seed: number },
  ): Promise<{ report: Report | undefined; reduced: SoakRun | undefined }>;
  /** Takes the lab down, so that the next round gets a new one. This round may have left objects in it. */
  renew(): Promise<void>;
  close(): Promise<void>;
};

const describeBug = (mutant: Mutant | undefined): string =>
  mutant === undefined
    ? 'no bug'
    : mutant.startsWith('fixed:')
      ? mutant.replace('fixed:', 'a fix of ')
      : `the bug ${mutant}`;

/**
 * Opens the fixture. The first round starts a lab, which serves all rounds. Each round changes the emulator
 * in it.
 */
export const openFixture = (options: FixtureOptions): MutantLab => {
  const { config, crashMatrix, soak, progress, signal } = options;
  let cluster: RunningCluster | undefined;
  let version = '';

  const prepare = async ({
    mutant,
    version: emulated,
    out,
  }: Pick<Round, 'mutant' | 'version' | 'out'>): Promise<RunningCluster> => {
    signal.throwIfAborted();
    cluster ??= await proxiedLabProvider.up({
      ...{ longhorn: 'emulator', upgradeTo: `emulator:${emulatedVersions.next}` },
      ...{ browser: true, snapshots: true, run: makeRunId(), out, signal, progress },
    });
    const { kubeconfig, machine, upgrade } = cluster;
    // Every round uses the clock that the lab began with.
    const clock = machine?.emulatorClock ?? 'fast';
    const settings = {
      clock,
      ...(mutant !== undefined && { mutant }),
      ...(emulated !== undefined && { version: emulated }),
    };
    const installed = await progress.step(`Give the emulator ${describeBug(mutant)}`, (onProgress) =>
      installEmulator({
        kubeconfig,
        ...settings,
        image: emulatorImage,
        nodes: defaultSize.nodes,
        signal,
        onProgress,
      }),
    );
    version = describeVersion(installed.version, settings);
    const next = { ...settings, version: emulatedVersions.next };
    if (upgrade !== undefined) await writeFile(upgrade, emulatorManifest(next));
    return cluster;
  };
  const removeLab = async (): Promise<void> => {
    const leaving = cluster;
    cluster = undefined;
    if (leaving !== undefined) await progress.step('Taking the lab down', () => leaving.down());
  };

  const runIn = async (project: string, round: Round) => {
    const { mutant, scenarios, files, out } = round;
    const running = await prepare(round);
    await mkdir(out, { recursive: true });
    const log = await open(join(out, 'log.txt'), 'w');
    const target = { name: 'emulator', version };
    const runConfig = makeRunConfig({ ...running, target, out, store: fittingStores });
    // A lab that goes down needs no cleanup, so the runner is killed.
    const end = AbortSignal.any([signal, running.lost]);
    try {
      await progress.step(
        `Run ${pluralize(scenarios.length, 'scenario')} with ${describeBug(mutant)}`,
        () => {
          // Only the process that is spawned next reads these variables. The other lab's rounds set them again.
          process.env[matrixFolder] = out;
          process.env[soakFolder] = out;
          return spawnRunner({
            project,
            config: runConfig,
            chosen: { only: exactNamePattern(scenarios.map((name) => ({ name }))), tags: undefined },
            files,
            browser: running.browser,
            interruption: { first: end, second: end },
            output: log.fd,
          });
        },
      );
    } finally {
      await log.close();
    }
    signal.throwIfAborted();
    running.lost.throwIfAborted();
    return readReport(out);
  };

  return {
    run: (round) => runIn(config, round),
    runCells: async ({ mutant, cells, out }) => {
      await mkdir(out, { recursive: true });
      const plan: MatrixPlan = { until: null, cells };
      await writeFile(matrixFiles(out).cells, JSON.stringify(plan));
      return runIn(crashMatrix, { mutant, scenarios: cells.map(crashCellName), files: [], out });
    },
    runSoak: async ({ mutant, seed, out }) => {
      await mkdir(out, { recursive: true });
      const files = soakFiles(out);
      const time = mutant === undefined ? 0 : soakGoal.minutes * 60_000;
      const plan: SoakPlan = { seed, time, reduction: time };
      await writeFile(files.plan, JSON.stringify(plan));
      const report = await runIn(soak, { mutant, scenarios: [soakName(seed)], files: [], out });
      const reduced = await readFile(files.reduced, 'utf8').catch(() => '');
      return { report, reduced: readSoakRuns(reduced).at(-1) };
    },
    renew: removeLab,
    close: removeLab,
  };
};
