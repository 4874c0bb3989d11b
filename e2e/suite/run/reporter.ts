import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { guardOutput } from '../../kube/redact/guard-output.ts';
import { registerFileSecrets } from '../../kube/redact/register-file.ts';
import { type RunEnd, toFile, toScenario, toStrayFailures } from '../../report/collect.ts';
import { addRound, composeReport } from '../../report/compose-report.ts';
import { createNarrator } from '../../report/create-narrator.ts';
import { readReport, writeReport } from '../../report/file.ts';
import { handleSignals, interruptedExitCode } from '../../report/interruption.ts';
import { describeJudged, hasLeftovers } from '../../report/judged.ts';
import type { Narrator } from '../../report/narrator.ts';
import type { Output } from '../../report/output.ts';
import { printEnd, printStart } from '../../report/print-ends.ts';
import { eventType, type ScenarioEvent } from '../../report/record.ts';
import type { Kubernetes, Report } from '../../report/schema.ts';
import { recoverScenarios } from '../../report/verdicts.ts';
import { clearEvidence } from './clear-evidence.ts';

/** The vitest project whose tests are scenarios. */
export const projectName = 'e2e';

const toEnd = (interruption: string | undefined): Report['end'] =>
  interruption === undefined
    ? { state: 'finished', reason: null }
    : { state: 'interrupted', reason: `interrupted by ${interruption}` };

const identityOf = ({ id, name, module }: TestCase) => ({ id, name, file: toFile(module) });

/** The settings of a run that the reporter needs. */
type ReportedRun = Pick<Report, 'run' | 'provider' | 'target' | 'shard' | 'machine'> & {
  kubeconfig: string;
  out: string;
  output: Output;
  round: number;
  workers?: number | undefined;
  disposable: boolean;
};

/**
 * Creates the reporter of the scenarios. It prints their progress and writes the report at the end of the run.
 * `alone`: no other reporter prints. `readConfig` reads the settings, and `guard` checks the cluster before the first
 * scenario. Both throw if the run must not start.
 */
export const createReporter = <Config extends ReportedRun>(options: {
  alone: boolean;
  readConfig: () => Config;
  guard?: ((config: Config) => Promise<void>) | undefined;
}): Reporter => {
  const { alone, readConfig, guard } = options;
  let vitest: Vitest;
  let config: Config | undefined;
  let startedAt = new Date();
  let kubernetes: Kubernetes | null = null;
  let concurrency: Report['concurrency'];
  let interruption: string | undefined;
  let restoreSignals = () => {};
  /** Ids of the tests that pass the name pattern and the tags filter. */
  const chosen = new Set<string>();
  const reported = new Set<string>();
  /** What each running scenario is doing, by its id. */
  const doing = new Map<string, string>();
  let narrator: Narrator;
  /** Ids of the files whose scenarios are not collected yet. */
  const unknown = new Set<string>();

  const interrupt = (by: string) => {
    interruption ??= by;
    narrator.knows(chosen.size, scenariosAtOnce());
    narrator.interrupted(by, { cleansUp: config?.disposable !== true });
    void vitest.cancelCurrentRun('keyboard-input');
  };

  const interruptOrphan = () => interrupt('the end of the command');

  const scenariosAtOnce = (): number => (config?.workers === 1 ? 1 : chosen.size);
  const isEnd = (): RunEnd => ({
    interrupted: interruption !== undefined,
    round: config?.round ?? 1,
    doing,
  });

  const passOn = (test: TestCase, event: ScenarioEvent) => {
    if (event.kind === 'start') doing.set(test.id, 'reaching the cluster');
    if (event.kind === 'step-begins') doing.set(test.id, event.sentence);
    if (event.kind !== 'cluster') return narrator.event(identityOf(test), event);
    if (kubernetes === null) narrator.cluster(event.kubernetes);
    kubernetes = event.kubernetes;
  };

  // Does nothing for modules of other projects and modules that are already known.
  const noteCollected = (module: TestModule) => {
    if (!unknown.delete(module.moduleId)) return;
    narrator.knows(chosen.size, unknown.size === 0 ? scenariosAtOnce() : undefined);
  };

  const passOnEnd = (test: TestCase, scenario = toScenario(test, isEnd())) => {
    if (!chosen.has(test.id) || reported.has(test.id)) return;
    reported.add(test.id);
    concurrency = test.meta().corral?.concurrency ?? concurrency;
    narrator.ends(identityOf(test), scenario);
  };

  return {
    onInit: (instance) => {
      vitest = instance;
    },

    onTestRunStart: async (specifications) => {
      for (const { project, moduleId } of specifications)
        if (project.name === projectName) unknown.add(moduleId);
      if (unknown.size === 0) return;
      try {
        guardOutput();
        config = readConfig();
        registerFileSecrets(config.kubeconfig);
        await guard?.(config);
        await clearEvidence(config);
      } catch (error) {
        // If it were thrown, vitest would print it as a fault of this reporter, with a stack.
        process.stderr.write(`e2e: ${(error as Error).message}\n`);
        process.exit(3);
      }
      startedAt = new Date();
      narrator = createNarrator(config.output, { alone });
      restoreSignals = handleSignals({ first: interrupt, later: () => process.exit(interruptedExitCode) });
      // When the parent command has died, nobody removes the cluster. The scenarios can still remove what they made.
      if (process.connected) process.once('disconnect', interruptOrphan);
      // A parent command prints the start and the end itself.
      if (!process.connected) printStart(config.output, { ...config, scenarios: null });
      narrator.begins({ ...config, judged: describeJudged(config.target) });
      // With one worker, each file is run before the next is collected, so the total is not known.
      if (config.workers === 1) narrator.knows(0, 1);
    },

    // Vitest ignores a cancellation while it sets up a run. It accepts one from here on.
    onTestModuleQueued: () => {
      if (interruption !== undefined) void vitest.cancelCurrentRun('keyboard-input');
    },

    onTestModuleCollected: (module) => {
      if (module.project.name !== projectName) return;
      for (const test of module.children.allTests()) if (test.options.mode === 'run') chosen.add(test.id);
      noteCollected(module);
    },

    // A file that fails to load is never collected.
    onTestModuleEnd: noteCollected,

    onTestCaseArtifactRecord: (test, artifact) => {
      if (chosen.has(test.id) && artifact.type === eventType) passOn(test, artifact.event);
    },

    onUserConsoleLog: ({ content }) => {
      if (config !== undefined) narrator.prints(content);
    },

    // Vitest ends an interrupted test before its cleanup ends. Its result is reported at the end of the run.
    onTestCaseResult: (test) => {
      if (interruption === undefined) passOnEnd(test);
    },

    onTestRunEnd: async (modules, errors) => {
      if (config === undefined) return;
      restoreSignals();
      // A listener keeps the channel open, and an open channel keeps this process alive.
      process.off('disconnect', interruptOrphan);
      const own = modules.filter((module) => module.project.name === projectName);
      const tests = own
        .flatMap((module) => [...module.children.allTests()])
        .filter(({ id }) => chosen.has(id));
      narrator.knows(chosen.size, scenariosAtOnce());
      const ended = recoverScenarios(
        config.out,
        tests.map((test) => toScenario(test, isEnd())),
      );
      for (const [index, test] of tests.entries()) passOnEnd(test, ended[index]);
      const stray = toStrayFailures(own, errors, isEnd());
      for (const failure of stray) narrator.ends({ id: failure.name, ...failure }, failure);

      const report = composeReport({
        ...{ ...config, startedAt, kubernetes, scenarios: [...ended, ...stray], concurrency },
        end: toEnd(interruption),
      });
      const path = await writeReport(
        config.out,
        addRound(await readReport(config.out), report, config.round),
      );
      narrator.closes(report, relative('', path));
      if (!process.connected) await printEnd(config.out, config.output);
      if (hasLeftovers(report)) process.exitCode = 1;
      if (interruption !== undefined) process.exitCode = interruptedExitCode;
    },
  };
};
