import { describeBackup } from '../../../../longhorn/backup-state.ts';
import type { Cause } from '../../../../history/nearest-cause.ts';
import type { Context } from '../../context.ts';
import type { BackupHandle, SnapshotHandle } from '../../handles.ts';
import { causeOfVolume } from './volume-cause.ts';

type Ground = Pick<Context, 'cluster' | 'timelines'>;

/** Why a snapshot does not get ready: what it says itself, and how its volume is. */
export const causeOfSnapshot = async (ground: Ground, { name, volume }: SnapshotHandle, signal: AbortSignal): Promise<Cause> => {
  const { status } = ground.timelines.snapshots.current(name) ?? {};
  const of = await causeOfVolume(ground, volume.name, signal);
  const own = status === undefined ? `snapshot ${name} is not taken up` : status.error ? `snapshot ${name}: ${status.error}` : undefined;
  return { line: own ?? of.line, details: [...(own === undefined ? [] : [own]), ...of.details] };
};

/** Why a backup does not complete: what it says itself, how its snapshot is, and its volume. */
export const causeOfBackup = async (ground: Ground, { name, snapshot }: BackupHandle, signal: AbortSignal): Promise<Cause> => {
  const backup = ground.timelines.backups.current(name);
  const { status } = backup ?? {};
  const of = await causeOfSnapshot(ground, snapshot, signal);
  const said = status?.error || status?.messages?.error || status?.messages?.info;
  const own = backup === undefined ? `backup ${name} is not there` : `backup ${name}: ${said || describeBackup(backup)}`;
  return { line: said || backup === undefined ? own : `${own}; ${of.line}`, details: [own, ...of.details] };
};
