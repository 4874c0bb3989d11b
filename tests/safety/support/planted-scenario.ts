import { readFileSync, writeFileSync } from 'node:fs';
import { openLedger } from '../../../e2e/faults/ledger.ts';
import { openFaults } from '../../../e2e/faults/open-faults.ts';
import { patchedObject } from '../../../e2e/faults/patched-object.ts';
import { expectHistory } from '../../../e2e/history/expectation.ts';
import { presentObserver } from '../../../e2e/history/observer.ts';
import { replayTimeline } from '../../../e2e/history/replay.ts';
import { type Cluster, connect } from '../../../e2e/kube/cluster.ts';
import { makePassword } from '../../../e2e/store/drivers/cifs/server.ts';
import { makeLogin } from '../../../e2e/store/drivers/s3/server.ts';
import type { EvidenceSource } from '../../../e2e/suite/evidence/recorder.ts';
import { defineScenario } from '../../../e2e/suite/scenario-core.ts';
import { madeLogins } from './sentinels.ts';

const resource = (plural: string) => ({ group: '', version: 'v1', plural });

/**
 * All that there is to be seen in the cluster and around it, a text each: objects, errors, logs, what
 * commands print, files and variables.
 */
const gather = async (cluster: Cluster, kubeconfig: string): Promise<string[]> => {
  const requests = [
    ...['one', 'two'].map((name) => cluster.get(resource('secrets'), { namespace: 'n', name })),
    cluster.list(resource('secrets'), { namespace: 'n' }),
    cluster.get(resource('serviceaccounts'), { namespace: 'n', name: 'token' }),
    ...['applied', 'bearer', 'header', 'signed', 'object', 'pem', 'jwt', 'text'].map((name) =>
      cluster.get(resource('configmaps'), { namespace: 'n', name }),
    ),
    cluster.get(resource('backups'), { namespace: 'n', name: 'b' }),
    cluster.get(resource('backuptargets'), { namespace: 'n', name: 't' }),
    cluster.logs({ namespace: 'n', name: 'pod' }),
    cluster.exec({ namespace: 'n', name: 'pod' }, ['printenv']),
  ];
  const answers = await Promise.all(requests.map((answer) => answer.catch((error: Error) => error.message)));
  const texts = answers.map((answer) => (typeof answer === 'string' ? answer : JSON.stringify(answer)));
  return [...texts, readFileSync(kubeconfig, 'utf8'), JSON.stringify(process.env)];
};

/**
 * What stores in S3 and on CIFS are logged in to by: made anew for each scenario, and left for the test beside all that the
 * run writes.
 */
const gatherLogin = async (scenario: string): Promise<string[]> => {
  const login = { ...(await makeLogin({ namespace: 'n' })), password: makePassword() };
  writeFileSync(madeLogins(scenario), JSON.stringify(login));
  // As an S3 server logs a request, and without a word of what they are.
  return [`GET /backups Credential=${login.user}/20260101`, ...Object.values(login)];
};

type PlantedSteps = {
  /** All that was seen, as one text. */
  all: string;
  step(sentence: string, error?: Error): void;
  finds(title: string, detail: string): void;
  /** Makes a fault of that title and with that data, which cannot be healed. */
  fault(title: string, data: unknown): Promise<void>;
  later(work: () => Promise<void>): void;
  /** Waits for what never comes, for 20 ms. */
  expects(): Promise<void>;
};

/** `scenario()` for the planted suite: its steps print all that they have seen, in every way there is. */
export const scenario = defineScenario<PlantedSteps>({
  // Whatever it asks for: what the scenarios may is not what is tried here.
  connect: ({ permit: _, ...options }) => connect(options),
  createSteps: async ({ config, cluster, scenario, report, evidence }) => {
    const faults = openFaults({ cluster, ledger: await openLedger(config.out), onEvent: report.fault });
    const heals: (() => Promise<void>)[] = [];
    const seen = [...(await gather(cluster, config.kubeconfig)), ...(await gatherLogin(scenario))];
    const all = seen.join('\n');
    const timeline = replayTimeline(all);
    const object = { metadata: { name: 'seen', annotations: { all } } };
    presentObserver()?.watches(resource('lamps'), timeline);
    presentObserver()?.reads({ namespace: 'n', name: 'pod', container: 'c' }, all);
    timeline.push({ kind: 'added', at: Date.now(), object });
    timeline.push({ kind: 'gap', at: Date.now(), reason: all });
    const sources: EvidenceSource[] = [
      { file: 'all.txt', read: async () => all, always: true },
      { file: 'error.txt', read: () => Promise.reject(new Error(all)), always: true },
    ];
    evidence.keep({ belongs: () => true, sources: () => sources });
    return {
      all,
      step: (sentence, error) => {
        const step = report.step(sentence);
        if (error === undefined) step.done(sentence);
        else step.failed(error);
      },
      finds: (title, detail) => report.finding({ code: 'planted', title, detail }),
      fault: async (title, data) => {
        const fault = { kind: patchedObject, title, data: data as object } as const;
        await faults.inject({ ...fault, inject: async () => {}, prove: async () => title });
      },
      later: (work) => void heals.push(work),
      messages: () => [{ of: all, text: all, class: 'unclassified', id: null, meaning: all }],
      expects: async () => {
        await expectHistory(timeline, { name: 'seen', label: all, describe: () => all })
          .goes({ label: all, matches: () => false })
          .within('20ms', all);
      },
      conclude: async () => {},
      close: async () => {
        for (const heal of heals) await heal();
        await faults.healAll();
      },
    };
  },
});
