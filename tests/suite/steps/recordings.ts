import type { RecordedLine } from '../../../e2e/history/recording.ts';
import type { Backup, BackupTarget, Snapshot, Volume } from '../../../e2e/longhorn/types.ts';
import type { BackupHandle } from '../../../e2e/suite/steps/handles.ts';

/** The Normal case as it was recorded, once free-running and once held, and a deletion that fails. */
export const recorded = {
  'normal, v1.8.2': { file: 'longhorn-v1.8.2/normal', version: 'v1.8.2', first: 'zn-b1', second: 'zn-b2' },
  'normal, v1.12.1': { file: 'longhorn-v1.12.1/normal', version: 'v1.12.1', first: 'zn-b1', second: 'zn-b2' },
  'held, v1.12.1': { file: 'longhorn-v1.12.1/held', version: 'v1.12.1', first: 'ho-b1', second: 'ho-b2' },
  'in error, v1.12.1': {
    ...{ file: 'longhorn-v1.12.1/delete-error', version: 'v1.12.1', first: 'ze-b1', second: 'ze-b2' },
  },
} as const;

export type RecordedName = keyof typeof recorded;

/** Changes an event of a recording; undefined leaves it out. */
export type Mutation = (line: RecordedLine) => RecordedLine | undefined;

import { loadRecording, replayRecording } from '../../support/recordings.ts';
// Each is read once; who changes a line has it for himself.
import { aTarget } from '../../support/test-context.ts';

const loaded = new Map<string, ReturnType<typeof loadRecording>>();
const load = (file: string) => {
  const url = new URL(`../../../fixtures/recordings/${file}.ndjson`, import.meta.url);
  const recording = loaded.get(file) ?? loadRecording(url);
  loaded.set(file, recording);
  return recording;
};

/** A recording, changed or not, such as that in `longhorn-v1.12.1/normal`. */
export const replay = async (file: string, mutate: Mutation = (line) => line) => {
  const recording = await load(file);
  const lines = recording.lines
    .map((line) => mutate(structuredClone(line)))
    .filter((line) => line !== undefined);
  return replayRecording({ ...recording, lines });
};

/** What Longhorn says its messages in. */
export const speaking = ({ timeline }: ReturnType<typeof replayRecording>) => ({
  backups: timeline<Backup>('backups'),
  snapshots: timeline<Snapshot>('snapshots'),
  backupTargets: timeline<BackupTarget>('backuptargets'),
  volumes: timeline<Volume>('volumes'),
});

/** The volumes that the backups of a recording are of. */
export const volumesOf = ({ backups }: ReturnType<typeof speaking>): string[] =>
  backups.entries.flatMap((entry) =>
    entry.kind === 'gap' ? [] : (entry.object.metadata.labels?.['backup-volume'] ?? []),
  );

/**
 * A recording, changed or not, as what the expectations are made of: the timeline of its backups and its two
 * subjects.
 */
export const stage = async (name: RecordedName, mutate?: Mutation) => {
  const { file, version, first, second } = recorded[name];
  const replayed = await replay(file, mutate);
  const from = replayed.sequenceAt('when b1 deleted');
  return {
    replayed,
    version,
    backups: replayed.timeline<Backup>('backups'),
    first: { name: first, label: 'the first backup', from },
    second: { name: second, label: 'the second backup', from },
  };
};

/** A mutation of the events of one backup. */
export const ofBackup =
  (name: string, mutate: (backup: Backup) => Backup | undefined): Mutation =>
  (line) => {
    if (!('object' in line) || line.resource !== 'backups' || line.object.metadata.name !== name) return line;
    const object = mutate(line.object as Backup);
    return object && { ...line, object };
  };

/** The backup with these fields of its status changed. */
export const withStatus = (backup: Backup, status: Backup['status']): Backup => ({
  ...backup,
  status: { ...backup.status, ...status },
});

/**
 * A mutation of the events in which a backup is in such a state, as "Error" or "InProgress|Completed": its
 * status is changed, or the events are left out.
 */
export const whenIn = (
  name: string,
  states: string,
  change?: Backup['status'] | ((backup: Backup) => Backup['status']),
): Mutation =>
  ofBackup(name, (backup) => {
    if (!states.split('|').includes(backup.status?.state ?? '')) return backup;
    const status = typeof change === 'function' ? change(backup) : change;
    return status && withStatus(backup, status);
  });

/** A mutation that leaves out what happened to objects after a time (s). */
export const until =
  (at: number): Mutation =>
  (line) =>
    'object' in line && line.at > at ? undefined : line;

const aVolume = { name: 'v', target: aTarget, node: 'node1', size: 0 };

/** A backup as the steps know it, made and deleted at a sequence. */
export const handleOf = (
  name: string,
  label: string,
  { volume = aVolume, from = 0 }: Partial<BackupHandle> & { from?: number } = {},
): BackupHandle => {
  return { name, label, volume, snapshot: { name: 's', volume }, since: { made: from, deleted: from } };
};
