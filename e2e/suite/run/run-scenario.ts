import { inject, type TestContext } from 'vitest';
import { whileObserved } from '../../history/observer.ts';
import type { Duration } from '../../kube/duration.ts';
import { openHealth } from '../../kube/health.ts';
import { orAborted } from '../../kube/or-aborted.ts';
import { guardOutput } from '../../kube/redact/guard-output.ts';
import { redactAll, redactError } from '../../kube/redact/redact.ts';
import { openTimeAccount } from '../../kube/time-account.ts';
import { isEarlyRefusal } from '../../longhorn/early-refusal.ts';
import { runningImages } from '../../longhorn/images.ts';
import { permitNeeded } from '../../permissions/permit.ts';
import { explainError } from '../../report/explain-error.ts';
import type { ScenarioRecord } from '../../report/record.ts';
import type { FirstAttempt, Kubernetes } from '../../report/schema.ts';
import { allStores } from '../../store/drivers/index.ts';
import type { Holder } from '../exclusive/holder.ts';
import { InconclusiveError } from '../steps/judging.ts';
import { toDecisions, toTimeSpent } from './account-report.ts';
import { reportAwaited } from './awaiting.ts';
import { openFailureReport } from './failure-report.ts';
import type { Declared, Ending, Fixture, ScenarioBody, ScenarioOptions } from './fixture.ts';
import { openJournal } from './journal.ts';
import { isNotProvable, judgeEnd, SkipScenario } from './judge-end.ts';
import { keepVerdict } from './keep-verdict.ts';
import { orphanedSignal, stayUntilDone } from './orphaned.ts';
import { openRecorder } from './recorder.ts';
import { skipReason } from './skip-reason.ts';
import { notingActivity, scaleDuration, startClock, waitForUnwinding, withIdleTimeout } from './time.ts';
import { awaitLastTurn, awaitTurn, createTurn } from './turn.ts';

// A safety limit for a cleanup in which nothing changes. Each part of the cleanup has its own time-out.
const cleanupTime: Duration = '10m';

// In ms: the interval for printing what the cleanup of an interrupted scenario waits for.
const cleanupReportEvery = 10_000;

// Kept as the outcome until the cleanup has ended, because the process may be killed earlier.
const unfinishedCleanup = 'the cleanup did not end';

type ScenarioRun<Steps> = Declared & {
  timeout: NonNullable<ScenarioOptions['timeout']>;
  context: TestContext;
  record: ScenarioRecord;
  body: ScenarioBody<Steps>;
};

type Ended = {
  outcome: Outcome;
  /** The error of its body or of the run around it. Undefined if there was none. */
  error: unknown;
  /** The result is no verdict, because a premise of the scenario was lost; no expectation was broken. */
  isInconclusive: boolean;
};

type Outcome = NonNullable<ScenarioRecord['outcome']>;

/**
 * Runs one scenario when it may begin, cleans up in every case, and writes the outcome into its record. Throws if the
 * scenario did not pass. If a premise was lost, it runs once more after all others have ended, so that a slow machine
 * does not change the result.
 */
export const runScenario = async <Steps extends object>(
  fixture: Fixture<Steps>,
  scenarioRun: ScenarioRun<Steps>,
): Promise<void> => {
  const { context, record } = scenarioRun;
  const interruption = AbortSignal.any([context.signal, orphanedSignal]);
  const holder = await awaitTurn(context.task, {
    exclusive: scenarioRun.exclusive,
    signal: interruption,
  });
  if (holder === undefined) return context.skip('not begun, as --max-failures was reached');
  const done = stayUntilDone();
  // Releases the locks also if the run throws, so that no other scenario waits for them.
  let ended = await runOnce(fixture, scenarioRun, { holder, interruption }).finally(holder.release);
  const again = ended.isInconclusive ? await awaitLastTurn(interruption) : undefined;
  if (again !== undefined) {
    const { reason, startedAt, duration, evidence } = ended.outcome;
    const firstAttempt = { reason: reason ?? '', startedAt, duration, evidence };
    ended = await runOnce(fixture, scenarioRun, { holder: again, interruption, firstAttempt }).finally(
      again.release,
    );
  }
  await done();
  const { outcome, error } = ended;
  record.outcome = outcome;
  record.concurrency = inject('corralLocks').concurrency();
  context.task.meta.corral = record;
  if (outcome.state === 'skipped') context.skip(outcome.reason ?? undefined);
  if (outcome.state !== 'passed' && outcome.state !== 'known-bug') throw error;
};

// Vitest drops the events of an interrupted test, but prints its output.
const reportCleanup = (name: string, { awaits }: Pick<ReturnType<typeof openJournal>, 'awaits'>): void => {
  const awaited = awaits();
  console.log(
    awaited === undefined
      ? `"${name}" still cleans up`
      : `"${name}" still cleans up; it waits until ${awaited.what}; now: ${awaited.now ?? 'not seen yet'}`,
  );
};

const runOnce = async <Steps extends object>(
  fixture: Fixture<Steps>,
  scenarioRun: ScenarioRun<Steps>,
  {
    holder,
    interruption,
    firstAttempt,
  }: { holder: Holder; interruption: AbortSignal; firstAttempt?: FirstAttempt | undefined },
): Promise<Ended> => {
  const {
    context,
    record,
    timeout,
    needs,
    exclusive: declared,
    disruptions,
    longhorn,
    store,
    otherStore,
    body,
  } = scenarioRun;
  const startedAt = new Date();
  const account = openTimeAccount();
  const recorder = openRecorder({ context, record, startedAt, interrupted: interruption });
  const journal = openJournal({ context, interruption, account, keep: recorder.record });
  const { observer, lastActivity } = notingActivity(recorder.observer);
  const config = inject('corralConfig');
  const slowness = config.machine?.slowness;
  const clock = startClock({
    timeout: scaleDuration(timeout, slowness),
    interrupted: interruption,
    doing: journal.doing,
    lastActivity,
  });
  const { paused, signal } = clock;
  const turn = createTurn(holder, {
    joinTargets: inject('corralLocks').joinTargets,
    declared,
    account,
    paused,
    signal,
    interrupted: interruption,
    record: recorder.record,
    step: journal.report.step,
  });
  const health = openHealth({ isEarly: isEarlyRefusal });
  let kubernetes: Kubernetes | null = null;
  let steps: (Steps & Ending) | undefined;
  guardOutput();
  journal.starts();

  const work = async () => {
    const { kubeconfig, context: named, run, namespace, supportBundle, ownBucket } = config;
    const unfit = skipReason(
      { ...config, lab: config.lab !== undefined, upgrades: config.upgrade !== undefined },
      {
        ...{ needs, disruptions, store, otherStore },
      },
    );
    if (unfit !== undefined) throw new SkipScenario(unfit);
    const permit = permitNeeded({
      ...{ run, disruptions, namespace, supportBundle, ownBucket },
      store: otherStore === undefined ? store : allStores,
    });
    const place = { kubeconfig, ...(named === undefined ? {} : { context: named }), permit };
    const cluster = fixture.connect({ ...place, health });
    kubernetes = {
      ...{ server: cluster.server, context: cluster.context },
      version: await cluster.version(),
      images: await runningImages(cluster),
    };
    journal.cluster(kubernetes);
    const evidence = recorder.begin({
      config,
      kubernetes,
      cluster: fixture.connect(place),
      onExpected: reportAwaited(journal.send),
    });
    clock.signal.throwIfAborted();
    const skip = (reason: string): never => {
      throw new SkipScenario(reason);
    };
    steps = await fixture.createSteps({
      config,
      cluster,
      scenario: context.task.name,
      declared: { disruptions, needs, longhorn, store, otherStore },
      signal: clock.signal,
      report: journal.report,
      skip,
      turn: {
        exclusive: turn.exclusive,
        releaseUntilCleanup: turn.releaseUntilCleanup,
        share: turn.share,
        pauseDuring: holder.pauseDuring,
        keepTargets: turn.keepTargets,
        changingTargets: turn.changingTargets,
        release: turn.release,
      },
      evidence,
    });
    clock.signal.throwIfAborted();
    await body({ ...steps, note: journal.note, skip });
    clock.signal.throwIfAborted();
    await steps.conclude();
  };

  let error: unknown;
  let isInconclusive = false;
  const working = account.run(() => whileObserved(observer, work));
  await orAborted(working, clock.signal).catch(async (cause: unknown) => {
    error = cause instanceof SkipScenario ? cause : ((await steps?.reclassify?.(cause)) ?? cause);
    isInconclusive = isNotProvable(cause) || error instanceof InconclusiveError;
  });
  clock.stop();
  const interrupted = interruption.aborted;
  const broke = error !== undefined && !interrupted && !(error instanceof SkipScenario);
  const runsAgain = broke && isInconclusive && firstAttempt === undefined;
  // Counts the failure before the cleanup releases the place to the next scenario.
  if (broke && !runsAgain) holder.fail();
  // Read before the cleanup, because cleanup steps are not what was interrupted.
  const doing = journal.doing();
  // The whole cluster is removed, with all objects and faults.
  const isThrownAway = interrupted && config.disposable;
  // Steps that respect the signal end now. A cleanup beside a running step would undo its work.
  if (!isThrownAway) await waitForUnwinding(working);
  // A request that a step still retries would arrive after the cleanup.
  health.abandon();
  const { close } = steps ?? {};
  const failureReport = openFailureReport({
    account,
    journal,
    recorder,
    health,
    startedAt,
    ending: steps,
    scenario: context.task.name,
  });
  const toOutcome = (leftBehind?: string): Outcome => {
    const trouble = health.summary();
    const outage = trouble?.isOutage ? trouble.title : undefined;
    const { steps: reportedSteps, findings, bugs } = journal;
    return redactAll({
      ...judgeEnd(error, { interrupted, doing, outage, others: failureReport.others(), bugs }),
      startedAt: startedAt.toISOString(),
      duration: Math.round(Date.now() - startedAt.getTime()),
      steps: reportedSteps,
      findings,
      ...(bugs.length > 0 && { bugs }),
      account: toTimeSpent(account.spent()),
      decisions: toDecisions(account.decisions),
      kubernetes,
      evidence: recorder.folder(),
      ...failureReport.result(),
      ...(leftBehind !== undefined && { leftBehind }),
      ...(firstAttempt && { firstPlay: firstAttempt }),
    });
  };
  const keep = (outcome: Outcome): void => keepVerdict(config, { context, record, outcome });
  // Collect the evidence before the cleanup removes it.
  if (error === undefined)
    await account.run(journal.bugs.every(({ kept }) => kept) ? recorder.collectBriefly : recorder.collect);
  else if (runsAgain) await account.run(recorder.collect);
  else if (broke) await failureReport.report(error);
  keep(toOutcome(unfinishedCleanup));
  let cleanupError: unknown;
  const cleanupReports = interrupted
    ? setInterval(() => reportCleanup(context.task.name, journal), cleanupReportEvery)
    : undefined;
  if (close !== undefined && !isThrownAway) {
    const cleanup = (work: () => Promise<void>): Promise<void> =>
      withIdleTimeout(
        scaleDuration(cleanupTime, slowness),
        {
          whose: 'the cleanup',
          lastActivity: () => (turn.awaitsTargets() ? performance.now() : lastActivity()),
        },
        account.run(() => whileObserved(observer, work)),
      ).catch((cause: unknown) => {
        cleanupError ??= cause;
      });
    // A longhorn-manager sends each change to only one of the pages connected to it, so an idle page takes changes
    // from another page.
    await cleanup(async () => steps?.disconnect?.());
    // Faults that may still be in force are healed at once.
    await turn.cleanup({ isUrgent: error !== undefined });
    await cleanup(() => close({ madeStays: config.pauseOnFailure && broke }));
  }
  clearInterval(cleanupReports);
  if (cleanupError !== undefined) await account.run(recorder.collect);
  turn.release();

  const trouble = health.summary();
  if (trouble !== undefined) {
    const { code, title, detail } = trouble;
    journal.report.finding({ code, title, detail });
  }
  // Redact here, where the secrets are known. Vitest's own reporters print the error too.
  for (const each of [error, cleanupError]) redactError(each);
  const outcome = toOutcome(cleanupError === undefined ? undefined : explainError(cleanupError));
  keep(outcome);
  account.close();
  await recorder.close(outcome);
  if (runsAgain) journal.send({ kind: 'premise-lost', reason: outcome.reason ?? '' });
  await journal.delivered();
  return { outcome, error, isInconclusive: runsAgain };
};
