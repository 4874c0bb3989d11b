import { relative } from 'node:path';
import { styleText } from 'node:util';
import type { Reporter, TestCase, Vitest } from 'vitest/node';
import { type Environment, parseEnvironment } from '../environment.ts';
import { toScenario, toStrayFailures } from './collect.ts';
import { composeReport } from './compose-report.ts';
import { composeClosing, composeCluster, composeEnding, composeHeading, composeScenario, composeStep, type Paint } from './console.ts';
import { writeReport } from './file.ts';
import { interruptedExitCode, takeSignals } from './interruption.ts';
import { describeJudged } from './judged.ts';
import { eventType, type ScenarioEvent } from './record.ts';
import type { Kubernetes, Report } from './schema.ts';

const paint: Paint = (style, text) => styleText(style, text, { stream: process.stdout });
const print = (lines: readonly string[]): void => void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

/** The vitest project whose tests are scenarios. */
export const projectName = 'e2e';

const toEnd = (interruption: string | undefined): Report['end'] =>
  interruption === undefined ? { state: 'finished', reason: null } : { state: 'interrupted', reason: `interrupted by ${interruption}` };

/** Makes the reporter of the scenarios: it tells them on the console as they go, and writes report.json at the end of the run. */
export const createReporter = (): Reporter => {
  let vitest: Vitest;
  let environment: Environment | undefined;
  let startedAt = new Date();
  let kubernetes: Kubernetes | null = null;
  let interruption: string | undefined;
  let giveSignalsBack = () => {};
  /** By id: a test that neither a name pattern nor a tags filter left out. */
  const chosen = new Set<string>();
  const told = new Set<string>();

  const interrupt = (by: string) => {
    interruption ??= by;
    print(['', `Interrupted by ${by}: cleaning up`]);
    void vitest.cancelCurrentRun('keyboard-input');
  };

  const interruptOrphan = () => interrupt('the end of the command');

  const tellEvent = (event: ScenarioEvent) => {
    if (event.kind === 'step') return print(composeStep(event.step, paint));
    if (kubernetes === null) print(composeCluster(event.kubernetes, paint));
    kubernetes = event.kubernetes;
  };

  const tellEnding = (test: TestCase) => {
    if (!chosen.has(test.id) || told.has(test.id)) return;
    told.add(test.id);
    print(composeEnding(toScenario(test, { interrupted: interruption !== undefined }), paint));
  };

  return {
    onInit: (instance) => {
      vitest = instance;
    },

    onTestRunStart: (specifications) => {
      if (!specifications.some(({ project }) => project.name === projectName)) return;
      try {
        environment = parseEnvironment(process.env);
      } catch (error) {
        // Thrown on, it would reach the reader as a fault of this reporter, with a stack.
        process.stderr.write(`e2e: ${(error as Error).message}\n`);
        process.exit(3);
      }
      startedAt = new Date();
      giveSignalsBack = takeSignals({ first: interrupt, again: () => process.exit(interruptedExitCode) });
      // The command that started this run has died: nobody is left to take the cluster down, but what it made can go.
      if (process.connected) process.once('disconnect', interruptOrphan);
      print(composeHeading({ ...environment, judged: describeJudged(environment.target) }, paint));
    },

    // A run that is only being set up cannot be cancelled: vitest forgets it. From here on it can.
    onTestModuleQueued: () => {
      if (interruption !== undefined) void vitest.cancelCurrentRun('keyboard-input');
    },

    onTestModuleCollected: (module) => {
      if (module.project.name !== projectName) return;
      for (const test of module.children.allTests()) if (test.options.mode === 'run') chosen.add(test.id);
    },

    onTestCaseReady: (test) => {
      if (chosen.has(test.id) && interruption === undefined) print(composeScenario(test.name, paint));
    },

    onTestCaseAnnotate: (test, { type, message }) => {
      if (chosen.has(test.id) && type === eventType) tellEvent(JSON.parse(message) as ScenarioEvent);
    },

    onUserConsoleLog: ({ content }) => void process.stdout.write(content),

    // Vitest calls an interrupted test over before its clean-up is: how it ended is told at the end of the run.
    onTestCaseResult: (test) => {
      if (interruption === undefined) tellEnding(test);
    },

    onTestRunEnd: async (modules, errors) => {
      if (environment === undefined) return;
      giveSignalsBack();
      // Listening keeps the channel open, and an open channel this process.
      process.off('disconnect', interruptOrphan);
      const end = { interrupted: interruption !== undefined };
      const own = modules.filter((module) => module.project.name === projectName);
      const tests = own.flatMap((module) => [...module.children.allTests()]).filter(({ id }) => chosen.has(id));
      for (const test of tests.filter(({ id }) => !told.has(id))) {
        print(composeScenario(test.name, paint));
        tellEnding(test);
      }
      const stray = toStrayFailures(own, errors, end);
      for (const failure of stray) print([...composeScenario(failure.name, paint), ...composeEnding(failure, paint)]);

      const scenarios = [...tests.map((test) => toScenario(test, end)), ...stray];
      const report = composeReport({ ...environment, startedAt, kubernetes, scenarios, end: toEnd(interruption) });
      const path = await writeReport(environment.out, report);
      print(composeClosing(report, relative('', path), paint));
      if (end.interrupted) process.exitCode = interruptedExitCode;
    },
  };
};
