import { type TestContext, test } from 'vitest';
import { parseEnvironment } from './environment.ts';
import type { LonghornClocks } from './longhorn/clocks.ts';
import type { Cluster } from './observe/cluster.ts';
import type { Duration } from './observe/duration.ts';
import type { ScenarioRecord } from './report/record.ts';
import type { Kubernetes } from './report/schema.ts';
import { openJournal, type StepReport } from './scenario/journal.ts';
import { judgeEnd, SkipScenario } from './scenario/judge-end.ts';
import { boundBy, graceToUnwind, startClock } from './scenario/time.ts';

/** What the steps of a scenario are made of. `signal` aborts when the scenario's time is up or the run is interrupted. */
type StepOptions = {
  cluster: Cluster;
  run: string;
  /** The folder of the run's results. */
  out: string;
  storeImage: string;
  clocks: LonghornClocks | undefined;
  signal: AbortSignal;
  report: StepReport;
  skip: (reason: string) => never;
};

/** How a scenario ends: `conclude` judges what its own steps did not look at, when they have passed; `close` cleans up, whatever happened. */
type Ending = { conclude(): Promise<void>; close(): Promise<void> };

/** Where the steps come from, so that the suite's own tests can play scenarios on steps of their own. */
export type Ground<Steps> = {
  connect: (options: { kubeconfig: string; context?: string }) => Cluster;
  createSteps: (options: StepOptions) => Promise<Steps & Ending>;
};

/**
 * `timeout` (default 10m) is the scenario's own, clean-up not counted; `seed` names the paragraph it comes from;
 * `needs` is what not every cluster can do: where it cannot, the scenario is skipped.
 */
export type ScenarioOptions = { seed?: string; tags?: string[]; timeout?: Duration; needs?: readonly 'lab'[] };

export type ScenarioBody<Steps> = (
  context: Omit<Steps, keyof Ending> & { note(text: string): void; skip(reason: string): never },
) => Promise<void>;

// Nobody is left to say how a scenario ended, but what it made can still go.
const orphaned = new AbortController();
process.once('disconnect', () => orphaned.abort(new Error('the process that runs the scenarios has ended')));

// A terminal sends Ctrl-C to every process of its group. This one stays: the runner tells it to stop, and clean-up comes first.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

// A backstop: each part of the clean-up has a time of its own.
const cleanUpTime: Duration = '10m';

/** Makes `scenario()` on the given ground: it registers a vitest test that tells its steps and always cleans up. */
export const defineScenario =
  <Steps extends object>(ground: Ground<Steps>) =>
  (name: string, { seed, tags = [], timeout = '10m', needs = [] }: ScenarioOptions, body: ScenarioBody<Steps>): void => {
    const record: ScenarioRecord = { seed: seed ?? null };
    // No time-out of the runner's: it would cut the clean-up short, and could not say what the scenario was waiting for.
    test(name, { tags, timeout: 0, meta: { corral: record } }, (context) => {
      const whole = play(ground, { context, record, timeout, needs, body });
      // An interrupted test is over for vitest at once; its clean-up is not, and the worker must outlive it.
      context.onTestFinished(() => whole.catch(() => {}));
      return whole;
    });
  };

type Play<Steps> = Required<Pick<ScenarioOptions, 'timeout' | 'needs'>> & {
  context: TestContext;
  record: ScenarioRecord;
  body: ScenarioBody<Steps>;
};

const play = async <Steps extends object>(ground: Ground<Steps>, playing: Play<Steps>): Promise<void> => {
  const { context, record, timeout, needs, body } = playing;
  const start = performance.now();
  const interruption = AbortSignal.any([context.signal, orphaned.signal]);
  const journal = openJournal({ context, interruption });
  const clock = startClock({ timeout, interrupted: interruption, doing: journal.doing });
  let kubernetes: Kubernetes | null = null;
  let steps: (Steps & Ending) | undefined;

  const work = async () => {
    const { kubeconfig, context: named, run, out, storeImage, clocks, lab } = parseEnvironment(process.env);
    if (needs.includes('lab') && lab === undefined) throw new SkipScenario('needs the lab (its nodes can be made to fail)');
    const cluster = ground.connect({ kubeconfig, ...(named === undefined ? {} : { context: named }) });
    kubernetes = { server: cluster.server, context: cluster.context, version: await cluster.version() };
    journal.cluster(kubernetes);
    clock.signal.throwIfAborted();
    const skip = (reason: string): never => {
      throw new SkipScenario(reason);
    };
    steps = await ground.createSteps({ cluster, run, out, storeImage, clocks, signal: clock.signal, report: journal.report, skip });
    clock.signal.throwIfAborted();
    await body({ ...steps, note: journal.note, skip });
    clock.signal.throwIfAborted();
    await steps.conclude();
  };

  const ended: { error?: unknown; cleanUpError?: unknown } = {};
  const working = work();
  await clock.orCut(working).catch((error: unknown) => {
    ended.error = error;
  });
  clock.stop();
  const interrupted = interruption.aborted;
  // Before the clean-up, whose steps are not what was interrupted.
  const doing = journal.doing();
  // Steps that heed the signal end now; clean-up beside a step still at work would undo what is being done.
  await graceToUnwind(working);
  if (steps !== undefined) {
    await boundBy(cleanUpTime, 'the clean-up', steps.close()).catch((error: unknown) => {
      ended.cleanUpError = error;
    });
  }

  const outcome = judgeEnd(ended, { interrupted, doing });
  if (orphaned.signal.aborted) process.exit(1);
  const duration = Math.round(performance.now() - start);
  record.outcome = { ...outcome, duration, steps: journal.steps, findings: journal.findings, kubernetes };
  context.task.meta.corral = record;
  await journal.told();
  if (outcome.state === 'skipped') context.skip(outcome.reason ?? undefined);
  if (outcome.state !== 'passed') throw ended.error ?? ended.cleanUpError;
};
