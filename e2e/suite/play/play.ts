import type { TestContext } from 'vitest';
import { findRunConfig, readRunConfig } from '../../config/config.ts';
import { whileObserved } from '../../history/observer.ts';
import { openAccount } from '../../kube/account.ts';
import type { Duration } from '../../kube/duration.ts';
import { openHealth } from '../../kube/health.ts';
import { guardOutput } from '../../kube/redact/guard-output.ts';
import { redactAll, redactError } from '../../kube/redact/redact.ts';
import { permitNeeded } from '../../permissions/permit.ts';
import type { ScenarioRecord } from '../../report/record.ts';
import type { Kubernetes } from '../../report/schema.ts';
import { allStores } from '../../store/drivers/index.ts';
import { toDecisions, toTimeSpent } from './account-report.ts';
import { reportAwaited } from './awaiting.ts';
import { whyNotFit } from './fit.ts';
import type { Declared, Ending, Fixture, ScenarioBody, ScenarioOptions } from './fixture.ts';
import { openJournal } from './journal.ts';
import { judgeEnd, SkipScenario } from './judge-end.ts';
import { orphanedSignal, stayUntilDone } from './orphaned.ts';
import { openRecorder } from './recorder.ts';
import { openTelling } from './telling.ts';
import { boundBy, graceToUnwind, longer, startClock } from './time.ts';
import { awaitTurn, createTurn } from './turn.ts';

// A backstop: each part of the cleanup has a time of its own.
const cleanupTime: Duration = '10m';

type Play<Steps> = Declared & {
  timeout: NonNullable<ScenarioOptions['timeout']>;
  context: TestContext;
  record: ScenarioRecord;
  body: ScenarioBody<Steps>;
};

/**
 * Plays one scenario as soon as it may begin, cleans up whatever happened, and puts how it ended into its
 * record; throws when it did not pass.
 */
export const play = async <Steps extends object>(
  fixture: Fixture<Steps>,
  playing: Play<Steps>,
): Promise<void> => {
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
  } = playing;
  const interruption = AbortSignal.any([context.signal, orphanedSignal]);
  const holder = await awaitTurn(context.task, interruption);
  if (holder === undefined) return context.skip('not begun, as --max-failures was reached');
  const done = stayUntilDone();
  const startedAt = new Date();
  const account = openAccount();
  const recorder = openRecorder({ context, record, startedAt, interrupted: interruption });
  const journal = openJournal({ context, interruption, account, keep: recorder.tell });
  const slowness = findRunConfig(process.env)?.machine?.slowness;
  const clock = startClock({
    timeout: longer(timeout, slowness),
    interrupted: interruption,
    doing: journal.doing,
  });
  const { paused, signal } = clock;
  const turn = createTurn(holder, {
    declared,
    account,
    paused,
    signal,
    interrupted: interruption,
    tell: recorder.tell,
  });
  const health = openHealth();
  let kubernetes: Kubernetes | null = null;
  let steps: (Steps & Ending) | undefined;
  let pauses = false;
  guardOutput();
  journal.starts();

  const work = async () => {
    const config = readRunConfig(process.env);
    const { kubeconfig, context: named, run, namespace, supportBundle, ownBucket } = config;
    pauses = config.pauseOnFailure;
    const unfit = whyNotFit(
      { ...config, lab: config.lab !== undefined },
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
    kubernetes = { server: cluster.server, context: cluster.context, version: await cluster.version() };
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
      disruptions,
      needs,
      longhorn,
      store,
      otherStore,
      signal: clock.signal,
      report: journal.report,
      skip,
      exclusive: turn.exclusive,
      rest: turn.rest,
      idle: holder.idle,
      giveBack: holder.leave,
      evidence,
    });
    clock.signal.throwIfAborted();
    await body({ ...steps, note: journal.note, skip });
    clock.signal.throwIfAborted();
    await steps.conclude();
  };

  const ended: { error?: unknown; cleanupError?: unknown } = {};
  const working = account.run(() => whileObserved(recorder.observer, work));
  await clock.orCut(working).catch(async (error: unknown) => {
    ended.error = error instanceof SkipScenario ? error : ((await steps?.excuse?.(error)) ?? error);
  });
  clock.stop();
  const interrupted = interruption.aborted;
  const broke = ended.error !== undefined && !interrupted && !(ended.error instanceof SkipScenario);
  // Before the cleanup, which gives its place to the next.
  if (broke) holder.fail();
  // Before the cleanup, whose steps are not what was interrupted.
  const doing = journal.doing();
  // Steps that heed the signal end now; cleanup beside a step still at work would undo what is being done.
  await graceToUnwind(working);
  // What a step still waits to send again would come behind the cleanup.
  health.abandon();
  const { close } = steps ?? {};
  const telling = openTelling({
    account,
    journal,
    recorder,
    health,
    startedAt,
    ending: steps,
    scenario: context.task.name,
  });
  // Before the cleanup removes what there is to see.
  if (ended.error === undefined)
    await account.run(journal.bugs.every(({ kept }) => kept) ? recorder.collectBriefly : recorder.collect);
  else if (broke) await telling.tell(ended.error);
  if (close !== undefined) {
    const cleanup = (work: () => Promise<void>): Promise<void> =>
      boundBy(
        longer(cleanupTime, slowness),
        'the cleanup',
        account.run(() => whileObserved(recorder.observer, work)),
      ).catch((error: unknown) => {
        ended.cleanupError ??= error;
      });
    // Of the pages that are connected to it a manager tells one of a change, so an idle one costs another its.
    await cleanup(async () => steps?.disconnect?.());
    // What may still be in force is undone at once.
    await turn.cleanup({ isUrgent: ended.error !== undefined });
    await cleanup(() => close({ madeStays: pauses && broke }));
  }
  if (ended.cleanupError !== undefined && !broke) holder.fail();
  holder.leave();
  if (ended.cleanupError !== undefined) await telling.tell(ended.cleanupError);

  const trouble = health.told();
  if (trouble !== undefined) journal.report.finding({ title: trouble.title, detail: trouble.detail });
  const outage = trouble?.isOutage ? trouble.title : undefined;
  const outcome = redactAll(
    judgeEnd(ended, { interrupted, doing, outage, others: telling.others(), bugs: journal.bugs }),
  );
  // Here, where what is secret is known; vitest's own reporters print the error as well.
  for (const error of [ended.error, ended.cleanupError]) redactError(error);
  const { steps: told, findings, bugs } = journal;
  const spent = toTimeSpent(account.spent());
  account.close();
  await done();
  record.outcome = {
    ...outcome,
    startedAt: startedAt.toISOString(),
    duration: Math.round(Date.now() - startedAt.getTime()),
    steps: told,
    findings,
    ...(bugs.length > 0 && { bugs }),
    account: spent,
    decisions: toDecisions(account.decisions),
    kubernetes,
    evidence: recorder.folder(),
    ...telling.told(),
  };
  await recorder.close(record.outcome);
  context.task.meta.corral = record;
  await journal.told();
  if (outcome.state === 'skipped') context.skip(outcome.reason ?? undefined);
  if (outcome.state !== 'passed' && outcome.state !== 'known-bug') throw ended.error ?? ended.cleanupError;
};
