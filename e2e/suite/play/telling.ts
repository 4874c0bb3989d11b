import type { Account } from '../../kube/account.ts';
import type { Health } from '../../kube/health.ts';
import { redactAll } from '../../kube/redact/redact.ts';
import type { Failure } from '../../report/schema.ts';
import { composeFailure } from './compose-failure.ts';
import type { Ending } from './fixture.ts';
import type { openJournal } from './journal.ts';
import type { openRecorder } from './recorder.ts';
import { type Weighed, weigh } from './weigh.ts';

type Deps = {
  account: Pick<Account, 'run'>;
  journal: ReturnType<typeof openJournal>;
  recorder: Pick<
    ReturnType<typeof openRecorder>,
    'collect' | 'history' | 'deps' | 'paths' | 'tell' | 'pressureSince'
  >;
  health: Pick<Health, 'slowestSince'>;
  startedAt: Date;
  ending: Ending | undefined;
  scenario: string;
};

/**
 * Opens what tells of the errors of one scenario: the first where it happened, before the cleanup; each is
 * weighed.
 */
export const openTelling = ({ account, journal, recorder, health, startedAt, ending, scenario }: Deps) => {
  let failure: Failure | undefined;
  const weighed: (Weighed | undefined)[] = [];

  const weighOne = async (error: unknown): Promise<Weighed | undefined> => {
    const begun = recorder.deps();
    if (begun === undefined) return undefined;
    const { out, target } = begun.config;
    const deps = {
      scenario,
      server: begun.kubernetes.server,
      out,
      target: target.name,
      startedAt,
      concern: ending?.concern,
      loadSince: (moment: number) => ({
        pressure: recorder.pressureSince(moment),
        slowestAnswer: health.slowestSince(moment),
      }),
    };
    // Told besides the failure: what is wrong with the weighing must not take its place.
    return weigh(error, { ...deps, history: await recorder.history() }).catch(() => undefined);
  };

  return {
    tell: async (error: unknown): Promise<void> => {
      const isFirst = failure === undefined;
      if (isFirst) await account.run(recorder.collect);
      const found = await weighOne(error);
      weighed.push(found);
      if (!isFirst) return;
      if (found !== undefined)
        recorder.tell(`points to: ${found.pointsTo.place}`, { pointsTo: redactAll(found.pointsTo) });
      failure = composeFailure(error, {
        journal,
        messages: ending?.messages,
        paths: recorder.paths(),
        pointsTo: found?.pointsTo,
      });
      journal.send({ kind: 'failure', failure });
    },
    /**
     * What faults of other scenarios have to do with it; undefined where one of the errors is none that they
     * can have reached.
     */
    others: (): string | undefined =>
      weighed.every((each) => each?.others !== undefined) ? weighed[0]?.others : undefined,
    told: (): { failure?: Failure } => (failure === undefined ? {} : { failure }),
  };
};
