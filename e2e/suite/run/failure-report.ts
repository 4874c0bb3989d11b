import type { UsageAccount } from '../../kube/account.ts';
import type { Health } from '../../kube/health.ts';
import { redactAll } from '../../kube/redact/redact.ts';
import type { Failure } from '../../report/schema.ts';
import { type Attribution, attribute } from './attribute.ts';
import { composeFailure } from './compose-failure.ts';
import type { Ending } from './fixture.ts';
import type { openJournal } from './journal.ts';
import type { openRecorder } from './recorder.ts';

type FailureReportOptions = {
  account: Pick<UsageAccount, 'run'>;
  journal: ReturnType<typeof openJournal>;
  recorder: Pick<
    ReturnType<typeof openRecorder>,
    'collect' | 'history' | 'deps' | 'paths' | 'record' | 'pressureSince'
  >;
  health: Pick<Health, 'slowestSince'>;
  startedAt: Date;
  ending: Ending | undefined;
  scenario: string;
};

/**
 * Opens what reports the error of one scenario where it happened, before the cleanup; what it points to is
 * attributed.
 */
export const openFailureReport = ({
  account,
  journal,
  recorder,
  health,
  startedAt,
  ending,
  scenario,
}: FailureReportOptions) => {
  let failure: Failure | undefined;
  let attribution: Attribution | undefined;

  const attributeOne = async (error: unknown): Promise<Attribution | undefined> => {
    const begun = recorder.deps();
    if (begun === undefined) return undefined;
    const { out, target } = begun.config;
    const deps = {
      scenario,
      server: begun.kubernetes.server,
      out,
      target: target.name,
      startedAt,
      affectedObjects: ending?.affectedObjects,
      loadSince: (moment: number) => ({
        pressure: recorder.pressureSince(moment),
        slowestAnswer: health.slowestSince(moment),
      }),
    };
    // Reported besides the failure: what goes wrong in attributing must not take its place.
    return attribute(error, { ...deps, history: await recorder.history() }).catch(() => undefined);
  };

  return {
    report: async (error: unknown): Promise<void> => {
      await account.run(recorder.collect);
      attribution = await attributeOne(error);
      if (attribution !== undefined)
        recorder.record(`points to: ${attribution.pointsTo.place}`, {
          pointsTo: redactAll(attribution.pointsTo),
        });
      failure = composeFailure(error, {
        journal,
        messages: ending?.messages,
        paths: recorder.paths(),
        pointsTo: attribution?.pointsTo,
      });
      journal.send({ kind: 'failure', failure });
    },
    /** What a fault of another scenario has to do with it; undefined where none can have reached it. */
    others: (): string | undefined => attribution?.others,
    result: (): { failure?: Failure } => (failure === undefined ? {} : { failure }),
  };
};
