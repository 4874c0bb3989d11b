import { backupState } from '../backup-state.ts';
import type { Event } from '../job-types.ts';
import type { Backup, BackupTarget, Snapshot, Volume } from '../types.ts';
import type { Field, Message, MessageSource } from './row.ts';

const isText = (text: string | undefined): text is string => text !== undefined && text !== '';

/** The messages of a backup in its current state. Unknown keys of `status.messages` are included. */
export const saidByBackup = (backup: Backup): Message[] => {
  const { messages, error } = backup.status ?? {};
  const texts: [Field, string | undefined][] = [
    ...Object.entries(messages ?? {}).map(([key, text]): [Field, string] => [`status.messages.${key}`, text]),
    ['status.error', error],
  ];
  return texts.flatMap(([field, text]) =>
    isText(text) ? [{ speaker: 'Backup', field, state: backupState(backup), text }] : [],
  );
};

/** The messages of a snapshot in its current state. */
export const saidBySnapshot = ({ status }: Snapshot): Message[] =>
  isText(status?.error)
    ? [
        {
          speaker: 'Snapshot',
          field: 'status.error',
          state: status?.readyToUse ? 'ready' : 'not ready',
          text: status.error,
        },
      ]
    : [];

/** The messages of a backup target that is not available. */
export const saidByTarget = ({ status }: BackupTarget): Message[] =>
  (status?.conditions ?? []).flatMap(({ type, status: state, message }) =>
    type === 'Unavailable' && state === 'True' && isText(message)
      ? [{ speaker: 'BackupTarget', field: 'condition Unavailable', state, text: message }]
      : [],
  );

// The status in which a condition of a volume indicates a problem.
const troubled: Readonly<Record<string, string>> = {
  Scheduled: 'False',
  Restore: 'False',
  TooManySnapshots: 'True',
};

/** The problems that a volume reports: a replica without a disk, a failed restore, too many snapshots. */
export const saidByVolume = ({ status }: Volume): Message[] =>
  (status?.conditions ?? []).flatMap(({ type, status: state, message }) =>
    troubled[type] === state && isText(message)
      ? [{ speaker: 'Volume', field: `condition ${type}`, state, text: message }]
      : [],
  );

const speakers: Readonly<Record<string, MessageSource>> = {
  ...{ Volume: 'Volume', Engine: 'Volume', Replica: 'Volume' },
  ...{ Snapshot: 'Snapshot', Node: 'Node' },
};

/** The message of a warning event. Undefined for other events, and for objects of other kinds. */
export const saidByEvent = ({ involvedObject, type, reason, message }: Event): Message | undefined => {
  const speaker = speakers[involvedObject.kind ?? ''];
  if (speaker === undefined || type !== 'Warning' || !isText(message)) return undefined;
  return { speaker, field: 'event Warning', state: reason ?? '', text: message };
};
