import type { Health } from '../../kube/health.ts';
import { redactAll } from '../../kube/redact/redact.ts';
import type { TimeAccount } from '../../kube/time-account.ts';
import type { Failure } from '../../report/schema.ts';
import { type Attribution, attribute } from './attribute.ts';
import { composeFailure } from './compose-failure.ts';
import type { Ending } from './fixture.ts';
import type { openJournal } from './journal.ts';
import type { openRecorder } from './recorder.ts';

type FailureReportOptions = {
  account: Pick<TimeAccount, 'run'>;
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

/** Creates the reporter of a scenario's failure. It attributes the error and reports it before the cleanup. */
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
    // An error while attributing must not replace the failure.
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
    /** Which fault of another scenario may have caused it. Undefined if none can have. */
    others: (): string | undefined => attribution?.others,
    result: (): { failure?: Failure } => (failure === undefined ? {} : { failure }),
  };
};
