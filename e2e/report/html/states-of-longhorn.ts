import { pluralize } from '../../kube/text.ts';
import type { Tone } from './data.ts';
import { nonEmpty, type StateOf } from './watched.ts';

const backupTones: Record<string, Tone> = {
  '': 'waiting',
  Pending: 'waiting',
  InProgress: 'busy',
  Completed: 'good',
  Error: 'bad',
  Unknown: 'bad',
  Deleting: 'going',
};

/** The state of a backup, with its messages and its error. */
export const backupStateText: StateOf = ({ status }) => {
  const state = String(status?.state ?? '');
  const texts = nonEmpty(status?.messages?.info, status?.messages?.error, status?.error);
  return { state: state === '' ? 'new' : state, tone: backupTones[state] ?? 'quiet', texts };
};

/** The state of a volume, and its robustness if that is known. */
export const volumeState: StateOf = ({ status }) => {
  const state = nonEmpty(status?.state)[0] ?? 'new';
  const robustness = nonEmpty(status?.robustness)[0];
  const shown = robustness === undefined || robustness === 'unknown' ? state : `${state}, ${robustness}`;
  const isTurning = /ing$/.test(state);
  const tone =
    robustness === 'faulted'
      ? 'bad'
      : robustness === 'degraded'
        ? 'waiting'
        : isTurning
          ? 'busy'
          : state === 'attached'
            ? 'good'
            : 'quiet';
  return {
    state: shown,
    tone,
    texts: nonEmpty(
      status?.restoreInitiated === true && status?.restoreRequired === true && 'is being restored',
    ),
  };
};

/** Whether a snapshot is ready, and its error. */
export const snapshotState: StateOf = ({ status }) => {
  const texts = nonEmpty(status?.error);
  if (texts.length > 0) return { state: 'error', tone: 'bad', texts };
  if (status?.readyToUse === true) return { state: 'ready', tone: 'good', texts };
  return status?.markRemoved === true
    ? { state: 'removed', tone: 'going', texts }
    : { state: 'not ready', tone: 'waiting', texts };
};

/** Whether a backup target is available, and the reason if not. */
export const targetState: StateOf = ({ status }) => {
  if (status?.available === true) return { state: 'available', tone: 'good', texts: [] };
  const conditions: { status?: string; reason?: string; message?: string }[] = status?.conditions ?? [];
  const texts = conditions
    .filter((each) => each.status === 'True')
    .flatMap(({ reason, message }) => nonEmpty(reason, message));
  // A new target is not available until Longhorn has listed its store.
  return { state: 'not available', tone: status?.lastSyncedAt ? 'bad' : 'waiting', texts };
};

/** The tickets of a volume attachment, and whether they are satisfied. */
export const attachmentState: StateOf = ({ spec, status }) => {
  const tickets: [string, { type?: string; nodeID?: string } | null][] = Object.entries(
    spec?.attachmentTickets ?? {},
  );
  if (tickets.length === 0) return { state: 'no tickets', tone: 'quiet', texts: [] };
  const satisfied = tickets.filter(
    ([id]) => status?.attachmentTicketStatuses?.[id]?.satisfied === true,
  ).length;
  const texts = tickets.map(
    ([id, ticket]) => `${ticket?.type ?? 'a ticket'} on ${ticket?.nodeID || 'no node'}: ${id}`,
  );
  return {
    state: pluralize(tickets.length, 'ticket'),
    tone: satisfied === tickets.length ? 'good' : 'waiting',
    texts,
  };
};
