import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Observer } from '../../history/observer.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { collectLast, collectSources } from './collect/collect.ts';
import { writeKept } from './collect/kept.ts';
import { type History, type OnExpected, openHistory } from './history/history.ts';
import { openLines } from './ndjson-writer.ts';
import type { EvidenceRecorder, EvidenceSubject } from './recorder.ts';

/** All evidence of a run is in this folder of its results. */
export const evidenceFolder = 'evidence';

/** The first line of a history: what it is of. */
export type Header = {
  recording: string;
  corral: 1;
  run: string;
  round: number;
  file: string;
  seed: string | null;
  longhorn: string | null;
  kubernetes: string;
  clock: 'real' | 'fast';
  startedAt: string;
};

/** What is kept of one scenario while it is run. */
export type Evidence = {
  /** Its folder, relative to that of the results; null where there is none. */
  folder(): string | null;
  observer: Observer;
  record: History['record'];
  recorder: EvidenceRecorder;
  /** The history as it is so far; undefined where it cannot be kept. */
  history(): Promise<string | undefined>;
  /** Reads all that there is, and does what comes last. */
  collectAll(): Promise<void>;
  /** Reads what is of use where it has passed. */
  collectBriefly(): Promise<void>;
  /** Returns when the history is on disk. */
  close(): Promise<void>;
};

type Options = {
  /** The folder of the run's results. */
  out: string;
  header: Header;
  cluster: Cluster;
  /** Whether Longhorn's own support bundle is wanted. */
  supportBundle?: boolean | undefined;
  /** Ends what is done last, which may take long. */
  interrupted?: AbortSignal;
  onExpected: OnExpected;
  /** Called once, when the evidence cannot be kept. */
  onTrouble: (error: Error) => void;
};

/**
 * Begins to keep evidence of a scenario: its history line by line as it happens, the rest when it is
 * collected. Whatever fails here, the scenario goes on.
 */
export const openEvidence = ({
  out,
  header,
  cluster,
  onExpected,
  onTrouble,
  ...options
}: Options): Evidence => {
  let isLost = false;
  const lose = (error: Error): void => {
    if (!isLost) onTrouble(error);
    isLost = true;
  };
  const folder = makeFolder(out, slugOf(header.recording, header.round), lose);
  const within = (file: string): string => join(out, folder, file);
  const lines = openLines(within('history.ndjson'), lose);
  lines.write(header);

  let subject: EvidenceSubject = { belongs: () => true, sources: () => [] };
  let collected: Promise<void> | undefined;
  let lastDone: Promise<void> | undefined;
  const problems: string[] = [];
  const writing: Promise<void>[] = [];
  const write = (file: string, content: string | Uint8Array): Promise<void> =>
    writeKept(within(file), content).catch(lose);
  const startedAt = Date.parse(header.startedAt);
  const collect = (): Promise<void> => {
    collected ??= collectSources(subject.sources, { write, isBrief: false, problems });
    return collected;
  };
  const history = openHistory({
    lines,
    startedAt,
    belongs: (...object) => subject.belongs(...object),
    onExpected,
    lose,
  });

  return {
    folder: () => (isLost ? null : folder),
    record: history.record,
    history: async () => {
      await lines.flushed();
      return readFile(within('history.ndjson'), 'utf8').catch(() => undefined);
    },
    observer: {
      ...history.observer,
      reads: ({ name, container }, log) =>
        void writing.push(write(join('logs', `${name}.${container}.log`), log)),
    },
    recorder: {
      cluster,
      startedAt: new Date(startedAt),
      folder: () => (isLost ? undefined : join(out, folder)),
      keep: (of) => {
        subject = of;
      },
      collect,
    },
    collectAll: async () => {
      await collect();
      const { supportBundle } = subject;
      if (supportBundle === undefined || options.supportBundle !== true) return;
      lastDone ??= collectLast(supportBundle, {
        write,
        problems,
        signal: options.interrupted ?? new AbortController().signal,
      });
      await lastDone;
    },
    collectBriefly: () => collectSources(subject.sources, { write, isBrief: true }),
    close: async () => {
      history.close();
      await Promise.all([lines.end(), ...writing]);
    },
  };
};

// Of two scenarios whose names begin alike, the second one's gets a number.
const makeFolder = (out: string, slug: string, lose: (error: Error) => void): string => {
  for (let number = 1; ; number += 1) {
    const folder = join(evidenceFolder, number === 1 ? slug : `${slug}-${number}`);
    try {
      // It returns the first folder that it made.
      if (mkdirSync(join(out, folder), { recursive: true }) !== undefined) return folder;
    } catch (error) {
      lose(error as Error);
      return folder;
    }
  }
};

const longest = 60;

/** Names the folder of a scenario's evidence, within that of all evidence of a run. */
export const slugOf = (name: string, round: number): string => {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const short = plain.replace(/^-/, '').slice(0, longest).replace(/-$/, '');
  return round > 1 ? `${short}-r${round}` : short;
};
