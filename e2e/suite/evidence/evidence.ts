import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Observer } from '../../history/observer.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { collectLast, collectSources } from './collect/collect.ts';
import { writeEvidenceFile } from './collect/evidence-file.ts';
import { type History, type OnExpected, openHistory } from './history/history.ts';
import { openNdjsonWriter } from './ndjson-writer.ts';
import type { EvidenceRecorder, EvidenceSubject } from './recorder.ts';

/** The folder with all evidence of a run, in the folder of its results. */
export const evidenceFolder = 'evidence';

/** The first line of a history file. */
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

/** The evidence of one scenario that is running. */
export type Evidence = {
  /** Its folder, relative to the folder of the results. Null if evidence cannot be written. */
  folder(): string | null;
  observer: Observer;
  record: History['record'];
  recorder: EvidenceRecorder;
  /** The history up to now. Undefined if it cannot be read. */
  history(): Promise<string | undefined>;
  /** Reads all sources, then makes Longhorn's support bundle if it is wanted. */
  collectAll(): Promise<void>;
  /** Reads the few sources that are useful for a scenario that passed. */
  collectBriefly(): Promise<void>;
  /** Returns when the history is on disk. */
  close(): Promise<void>;
};

type Options = {
  /** The folder of the run's results. */
  out: string;
  header: Header;
  cluster: Cluster;
  /** Whether Longhorn's support bundle is wanted. */
  supportBundle?: boolean | undefined;
  /** Aborts the making of the support bundle, which may take long. */
  interrupted?: AbortSignal;
  onExpected: OnExpected;
  /** Called at most once, when evidence cannot be written. */
  onError: (error: Error) => void;
};

/**
 * Starts to write the evidence of a scenario. The history is written line by line; other evidence is written when it
 * is collected. An error here never stops the scenario.
 */
export const openEvidence = ({
  out,
  header,
  cluster,
  onExpected,
  onError,
  ...options
}: Options): Evidence => {
  let isLost = false;
  const lose = (error: Error): void => {
    if (!isLost) onError(error);
    isLost = true;
  };
  const folder = makeFolder(out, slugOf(header.recording, header.round), lose);
  const within = (file: string): string => join(out, folder, file);
  const lines = openNdjsonWriter(within('history.ndjson'), lose);
  lines.write(header);

  let subject: EvidenceSubject = { belongs: () => true, sources: () => [] };
  let collected: Promise<void> | undefined;
  let lastDone: Promise<void> | undefined;
  const problems: string[] = [];
  const writing: Promise<void>[] = [];
  const write = (file: string, content: string | Uint8Array): Promise<void> =>
    writeEvidenceFile(within(file), content).catch(lose);
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

// Two scenarios may have the same slug, because slugs are shortened. The second folder gets a number.
const makeFolder = (out: string, slug: string, lose: (error: Error) => void): string => {
  for (let number = 1; ; number += 1) {
    const folder = join(evidenceFolder, number === 1 ? slug : `${slug}-${number}`);
    try {
      // `mkdirSync` returns the first folder that it made, and undefined if the folder existed.
      if (mkdirSync(join(out, folder), { recursive: true }) !== undefined) return folder;
    } catch (error) {
      lose(error as Error);
      return folder;
    }
  }
};

const longest = 60;

/** Returns the name of the folder for a scenario's evidence. */
export const slugOf = (name: string, round: number): string => {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const short = plain.replace(/^-/, '').slice(0, longest).replace(/-$/, '');
  return round > 1 ? `${short}-r${round}` : short;
};
