import type { MessageId } from './messages/catalogue.ts';
import { classify } from './messages/classify.ts';
import { readLogLine } from './messages/log-line.ts';

/** A panic that ended a Longhorn process. */
export type PanicTrace = {
  /** The first line, as written by the Go runtime. */
  first: string;
  /** The top stack frames in Longhorn's own code: function, file and line. */
  frames: string[];
  /** The row of the panic in the catalogue for this version, and its `seen`. Undefined for an unknown panic. */
  row: { id: MessageId; seen: string } | undefined;
  /**
   * The backups whose deletion may have caused the panic: this process began to remove them from the store, and did
   * not log a success.
   */
  deletions: { volume: string; backup: string }[];
};

const shownFrames = 3;
const own = /^(?:github\.com\/longhorn\/[^/]+\/|main\.)/;

/** Finds the panic at the end of a process's log. Undefined if the process ended in another way. */
export const readPanic = (log: string, version: string): PanicTrace | undefined => {
  const lines = log.split('\n');
  const start = lines.findLastIndex((line) => /^(?:panic: |fatal error: )/.test(line));
  if (start < 0) return undefined;
  const trace = lines.slice(start);
  const text = trace.join('\n');
  const found = classify({ speaker: 'manager', field: 'log fatal', state: '', text }, version);
  const frames = trace.flatMap((line, index) => {
    const [, name] = /^(\S+)\([^()]*\)$/.exec(line) ?? [];
    const [, place] = /^\t(?:\S*\/)?([^/\s]+:\d+)/.exec(trace[index + 1] ?? '') ?? [];
    return name === undefined || place === undefined || !own.test(name)
      ? []
      : [`${name.replace(/^.*\//, '')} (${place})`];
  });
  return {
    first: trace[0] ?? '',
    frames: [...new Set(frames)].slice(0, shownFrames),
    row: found.class === 'unclassified' ? undefined : { id: found.id, seen: found.wording.seen },
    deletions: isOfDeletion.test(text)
      ? unendedDeletions(lines.slice(0, start)).filter(fits(text)).map(namesIn)
      : [],
  };
};

const isOfDeletion = /\.(?:setInprogressDeletionMap|startDeletingBackupInBackupStore)\b/;

// engineapi/backups.go logs one line when the command starts, and one when it succeeds.
const unendedDeletions = (lines: readonly string[]): string[] => {
  const begun = new Set<string>();
  for (const line of lines) {
    const [, how, url = ''] =
      /^(Start|Complete) deleting backup (\S+)/.exec(readLogLine('manager', line)?.message.text ?? '') ?? [];
    if (how === 'Start') begun.add(url);
    if (how === 'Complete') begun.delete(url);
  }
  return [...begun];
};

// A stack frame shows the address and the length of each string argument. The URL is the first argument.
const fits = (text: string): ((url: string) => boolean) => {
  const [, length] =
    /\.setInprogressDeletionMap\([^{)]*\{0x[0-9a-f]+\??, 0x([0-9a-f]+)\??\}/.exec(text) ?? [];
  return (url) => length === undefined || Number.parseInt(length, 16) === Buffer.byteLength(url);
};

const namesIn = (url: string): { volume: string; backup: string } => {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  return { volume: query.get('volume') ?? '', backup: query.get('backup') ?? '' };
};

export const describePanic = ({ first, frames, row }: PanicTrace, version: string): string =>
  `longhorn-manager ${version} ended by a panic that ${row === undefined ? 'is not known' : `is known as ${row.id} (${row.seen})`}: "${first}", at ${frames.join(', ') || 'an unknown place'}`;
