import { join, relative } from 'node:path';
import type { TestContext } from 'vitest';
import type { RunConfig } from '../../config/config.ts';
import type { Observer } from '../../history/observer.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { KeptPressure } from '../../machine/load.ts';
import { openPressureRecord, type PressureRecord } from '../../machine/pressure-record.ts';
import { outcomeFields } from '../../report/collect.ts';
import { composeReport } from '../../report/compose-report.ts';
import type { ScenarioRecord } from '../../report/record.ts';
import type { Kubernetes } from '../../report/schema.ts';
import { packBundle } from '../evidence/bundle/bundle.ts';
import { type Evidence, openEvidence } from '../evidence/evidence.ts';
import type { OnExpected } from '../evidence/history/history.ts';
import type { EvidenceRecorder } from '../evidence/recorder.ts';

type Begun = { config: RunConfig; kubernetes: Kubernetes; cluster: Cluster; onExpected: OnExpected };

type Options = { context: TestContext; record: ScenarioRecord; startedAt: Date; interrupted: AbortSignal };

// Shared by all scenarios, because they share the machine. It keeps one entry for each 2 s of the run.
let pressures: PressureRecord | undefined;

let isPrinted = false;
// Printed once in this process: all its scenarios write to the same folder.
const printError = ({ message }: Error): void => {
  if (!isPrinted) console.error(`The evidence of the scenarios cannot be kept: ${message}`);
  isPrinted = true;
};

/**
 * Creates the recorder of one scenario's evidence. It writes once the cluster is known. Errors here do not reach the
 * scenario.
 */
export const openRecorder = ({ context, record, startedAt, interrupted }: Options) => {
  let evidence: Evidence | undefined;
  let begun: Begun | undefined;
  const { name, file, tags = [] } = context.task;
  const path = file.name;
  const observer: Observer = {
    watches: (...watch) => evidence?.observer.watches(...watch),
    expects: (expected) => evidence?.observer.expects(expected) ?? (() => {}),
    reads: (...log) => evidence?.observer.reads(...log),
  };
  const folder = (): string | null => evidence?.folder() ?? null;

  return {
    observer,
    begin: (how: Begun): EvidenceRecorder => {
      begun = how;
      // The load of this machine says nothing about a cluster that runs elsewhere.
      if (how.config.provider !== 'existing') pressures ??= openPressureRecord();
      const { run, round, out, target, clocks, supportBundle } = how.config;
      const header = {
        recording: name,
        corral: 1 as const,
        run,
        round,
        file: path,
        seed: record.seed,
        longhorn: target.version,
        kubernetes: how.kubernetes.version,
        clock: clocks === undefined ? ('real' as const) : ('fast' as const),
        startedAt: startedAt.toISOString(),
      };
      const { cluster, onExpected } = how;
      evidence = openEvidence({
        out,
        header,
        cluster,
        supportBundle,
        interrupted,
        onExpected,
        onError: printError,
      });
      return evidence.recorder;
    },
    record: (...marker: Parameters<Evidence['record']>) => evidence?.record(...marker),
    collect: async () => evidence?.collectAll(),
    collectBriefly: async () => evidence?.collectBriefly(),
    history: async () => evidence?.history(),
    /** The load of the cluster's machine since a time (ms since the epoch). Undefined if it is not measured. */
    pressureSince: (moment: number): KeptPressure | undefined => pressures?.during(moment, Date.now()),
    /** The configuration and the cluster. Undefined before the cluster is known. */
    deps: () => begun,
    folder,
    /**
     * The paths of the evidence folder and its archive, relative to the working directory. The archive may not exist
     * yet.
     */
    paths: (): string[] => {
      const kept = folder();
      if (kept === null || begun === undefined) return [];
      const shown = relative('', join(begun.config.out, kept));
      return [`${shown}/`, `${shown}.tar.gz`];
    },
    /** Closes the history. Packs the evidence into one file if the scenario did not pass or left something behind. */
    close: async (outcome: NonNullable<ScenarioRecord['outcome']>): Promise<void> => {
      await evidence?.close();
      const kept = folder();
      const { state, leftBehind } = outcome;
      const isWell = ['passed', 'skipped'].includes(state) && leftBehind === undefined;
      if (kept === null || begun === undefined || isWell) return;
      const { config, kubernetes } = begun;
      const scenario = {
        ...outcomeFields(outcome),
        name,
        file: path,
        seed: record.seed,
        tags,
        round: config.round,
      };
      const report = composeReport({
        ...config,
        startedAt,
        kubernetes,
        scenarios: [scenario],
        end: { state: 'finished', reason: null },
      });
      await packBundle(join(config.out, kept), { report, name }).catch(printError);
    },
  };
};
