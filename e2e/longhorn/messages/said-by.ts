import { backupState } from '../backup-state.ts';
import type { Backup, BackupTarget, Snapshot } from '../types.ts';
import type { Field, Message } from './row.ts';

const isText = (text: string | undefined): text is string => text !== undefined && text !== '';

/** What a backup says in one of its states; a key of `status.messages` that nobody knows is said too. */
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

/** What a snapshot says in one of its states. */
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

/** What a backup target says while it is not available. */
export const saidByTarget = ({ status }: BackupTarget): Message[] =>
  (status?.conditions ?? []).flatMap(({ type, status: state, message }) =>
    type === 'Unavailable' && state === 'True' && isText(message)
      ? [{ speaker: 'BackupTarget', field: 'condition Unavailable', state, text: message }]
      : [],
  );
