import { type Expectation, expectHistory, gone, type Step } from '../../e2e/history/expectation.ts';
import { loadRecording, type Recording, replayRecording } from '../../e2e/history/recording.ts';
import type { KubernetesObject } from '../../e2e/kube/objects.ts';

/** A recorded Backup, as far as the expectations look at it. */
export type Backup = KubernetesObject & {
  status?: { state?: string; error?: string; messages?: { info?: string; error?: string } | null };
};

/** Loads `fixtures/recordings/longhorn-<name>.ndjson`. */
export const recording = (name: string): Promise<Recording> =>
  loadRecording(new URL(`../../fixtures/recordings/longhorn-${name}.ndjson`, import.meta.url));

/** A state, where given with a text in the field of messages that it belongs to. */
const state = (name: string, texts: { info?: RegExp; error?: RegExp } = {}): Step<Backup> => ({
  label: [name, ...Object.entries(texts).map(([field, text]) => `messages.${field} ${text}`)].join(' with '),
  matches: ({ status }) =>
    status?.state === name &&
    Object.entries(texts).every(([field, text]) =>
      text.test(status.messages?.[field as keyof typeof texts] ?? ''),
    ),
});

const describe = ({ status }: Backup): string => {
  const { state = '', messages, error } = status ?? {};
  const texts = Object.entries({ ...messages, ...(error && { 'status.error': error }) }).map(
    ([field, text]) => `${field}: ${text}`,
  );
  return `${state || '""'}${texts.length > 0 ? ` (${texts.join(', ')})` : ''}`;
};

export const steps = {
  waiting: state('Pending', { info: /^Wait for backup \S+ to be deleted$/ }),
  pending: state('Pending'),
  inProgress: state('InProgress'),
  completed: state('Completed'),
  deleting: state('Deleting'),
  error: state('Error'),
  denied: state('Error', { error: /operation not permitted|permission denied/ }),
  forgotten: state('Error', { error: /^No deletion in progress record, retry the deletion command$/ }),
  locked: state('Error', { error: /failed to acquire lock \S+ when performing backup delete/ }),
  gone,
};

/** The histories of a recording's first and second backup, from a marker on. */
export const backups = (recorded: Recording, names: { first: string; second?: string; from: string }) => {
  const replayed = replayRecording(recorded);
  const timeline = replayed.timeline<Backup>('backups');
  const history = (name: string, label: string) =>
    expectHistory(timeline, { name, label, describe }).from(replayed.markOf(names.from));
  return {
    first: history(names.first, 'the first backup'),
    second: history(names.second ?? '', 'the second backup'),
    firstIs: (step: Step<Backup>) => ({ name: names.first, label: 'the first backup', is: step }),
  };
};

/**
 * The seed's Normal case, for both backups; the second's InProgress is only certain where the upload takes
 * long enough.
 */
export const normal = (
  recorded: Recording,
  names: { first: string; second: string; from: string; quick?: true },
): Record<string, Expectation<Backup>> => {
  const { first, second, firstIs } = backups(recorded, names);
  const { waiting, inProgress, completed, deleting } = steps;
  const path = names.quick
    ? second.goes(waiting, completed).allowing(inProgress)
    : second.goes(waiting, inProgress, completed);
  return {
    first: first.goes(deleting, gone),
    second: path.withoutEver(inProgress).while(firstIs(deleting)),
  };
};
