import { readFileSync } from 'node:fs';
import { parseRecording, type RecordedLine } from '../../../e2e/history/recording.ts';
import type { Judged } from './describe-object.ts';
import { type Transcript, transcriptOf } from './transcript.ts';

type Line = RecordedLine & { marker?: string; type?: string; resource?: string; object?: Judged };

/** Reads a recording, lets a function change its lines, and gives its transcript. */
export const mutated = (name: string, change: (lines: Line[]) => Line[]): Transcript => {
  const file = new URL(`../../../fixtures/recordings/longhorn-${name}.ndjson`, import.meta.url);
  const { header, lines } = parseRecording(readFileSync(file, 'utf8'));
  return transcriptOf({ header, lines: change(lines as Line[]) as RecordedLine[] });
};

const isOf = (kind: string, name: string) => (line: Line) =>
  line.resource === kind && line.object?.metadata.name.startsWith(name) === true;

/** Changes each event of an object; undefined takes it away. */
export const each =
  (kind: string, name: string, change: (object: Judged) => Judged | undefined) =>
  (lines: Line[]): Line[] =>
    lines.flatMap((line) => {
      if (!isOf(kind, name)(line)) return [line];
      const object = change(structuredClone(line.object as Judged));
      return object ? [{ ...line, object } as Line] : [];
    });

/** Changes the status of an object's events where they are in a state. */
export const inState = (
  kind: string,
  name: string,
  state: string,
  change: (status: Record<string, unknown>) => object,
) =>
  each(kind, name, (object) =>
    object.status?.state === state
      ? ({ ...object, status: { ...object.status, ...change(object.status) } } as Judged)
      : object,
  );

/** Takes away an object's events in a state. */
export const without = (kind: string, name: string, state: string) =>
  each(kind, name, (object) => (object.status?.state === state ? undefined : object));

/** Puts the first event that fits behind the first that fits another. */
export const moved =
  (what: (line: Line) => boolean, behind: (line: Line) => boolean) =>
  (lines: Line[]): Line[] => {
    const line = lines.find(what);
    const rest = lines.filter((each) => each !== line);
    const at = rest.findIndex(behind);
    if (!line || at === -1) throw new Error('the recording has no such line');
    return rest.toSpliced(at + 1, 0, line);
  };

export const isMarker = (text: string) => (line: Line) => line.marker?.startsWith(text) === true;

export const isState = (name: string, state: string) => (line: Line) =>
  line.resource === 'backups' && line.object?.metadata.name === name && line.object.status?.state === state;
