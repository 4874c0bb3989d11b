import type { MessageId } from '../messages/catalogue.ts';

/** How severe a bug is for users who rely on backups, the worst first. */
export const severities = {
  'data loss': 'data of backups that nobody asked to delete are destroyed',
  outage: 'a volume in use loses replicas, or stops, though nothing is wrong with it',
  'objects lost': 'what Longhorn shows of the backups goes, or stays, without the files in the store',
  silent: 'something was not done, but is reported as done',
  misleading: 'what is said is not what happened',
  noise: 'it warns of something that is in order',
} as const;

export type BugSeverity = keyof typeof severities;

/**
 * How a bug shows itself where its promise is checked. A different observation is a different failure.
 * - `store`: the check of the volume's folder finds all of `findings` (codes of fsck) and nothing else except `also`.
 *   `gone`: configs that had to stay are missing. `left`: configs that had to be deleted are still there.
 * - `history`: the state and the message of an object when an expectation was broken or the object was deleted;
 * - `command`: the exit code and the output of the engine's own command, on a store in a folder;
 * - `log`: the messages in the log of a recurring job's run, or of a longhorn-manager that ended as it started;
 * - `panic`: the panic that ended a longhorn-manager;
 * - `restore`: a volume restored from a backup that is Completed has other data than were backed up.
 */
export type Symptom =
  | { of: 'store'; findings: readonly string[]; also?: readonly string[]; gone?: true; left?: true }
  | {
      of: 'history';
      kind:
        | 'Backup'
        | 'BackupVolume'
        | 'BackupTarget'
        | 'SystemBackup'
        | 'SystemRestore'
        | 'Volume'
        | 'Snapshot'
        | 'PersistentVolume'
        | 'VolumeSnapshot'
        | 'RecurringJob';
      state: string;
      gone?: true;
      says?: MessageId;
    }
  | { of: 'command'; exitCode: number; prints: RegExp }
  | { of: 'log'; says: readonly MessageId[] }
  | { of: 'panic'; says: MessageId }
  | { of: 'restore'; lacks?: RestoreLoss };

/** What is wrong with restored data. */
const restoreLosses = {
  'other data': 'the restored data are not those that were backed up',
  'only zeros': 'zeros are restored in place of data',
  'cut off': 'the restored volume is smaller than the one that was backed up',
} as const;

type RestoreLoss = keyof typeof restoreLosses;

/** What was observed where a promise was broken. It is compared with symptoms. */
export type ObservedSymptom =
  | { of: 'store'; findings: readonly string[]; gone: readonly string[]; left: readonly string[] }
  | {
      of: 'history';
      kind: string;
      name: string;
      state: string;
      gone: boolean;
      says: readonly MessageId[];
    }
  | { of: 'command'; exitCode: number; printed: string }
  | { of: 'log'; says: readonly MessageId[] }
  | { of: 'panic'; says: readonly (MessageId | undefined)[] }
  | { of: 'restore'; lacks: RestoreLoss };

/** A promise that some versions of Longhorn are known to break, with the symptoms. */
export type Bug = BugRow & Required<Pick<BugRow, 'versions' | 'upstream'>>;

/** A bug as its file lists it: it leaves out what is true of most. */
export type BugRow = {
  /** One sentence, from the user's point of view. */
  title: string;
  severity: BugSeverity;
  /** The affected versions of Longhorn, as a semver range. All supported ones if it is left out. */
  versions?: string;
  /** The kinds of stores on which the bug does not show, by the names of their drivers. */
  notOn?: readonly string[];
  /** What Longhorn must do, as a clause: "the deletion of a backup leaves the others whole". */
  promise: string;
  /** What Longhorn does instead. */
  happens: string;
  /** Each entry alone is enough to recognize the bug. */
  symptoms: readonly Symptom[];
  /** If it is left out, the bug is not reported yet. */
  upstream?: `https://${string}` | 'not reported yet';
  /** The file and the function that cause the bug, and the versions whose source was read. */
  source: string;
  /** Where the bug was observed. */
  seen: string;
} & Reproduction;

/**
 * The shortest way to reproduce a bug. If the engine alone has it: shell commands on a store in a folder, run as an
 * ordinary user. Otherwise: instructions.
 */
type Reproduction = { commands: readonly string[] } | { steps: readonly string[] };

/** Whether an observation matches one of the symptoms of a bug exactly. */
export const matchesSymptom = ({ symptoms }: Pick<Bug, 'symptoms'>, seen: ObservedSymptom): boolean =>
  symptoms.some((symptom) => fits(symptom, seen));

const fits = (symptom: Symptom, seen: ObservedSymptom): boolean => {
  if (symptom.of === 'store' && seen.of === 'store') {
    const { findings, also = [], gone = false, left = false } = symptom;
    return (
      findings.every((code) => seen.findings.includes(code)) &&
      seen.findings.every((code) => findings.includes(code) || also.includes(code)) &&
      seen.gone.length > 0 === gone &&
      seen.left.length > 0 === left
    );
  }
  if (symptom.of === 'history' && seen.of === 'history') {
    const { kind, state, gone = false, says } = symptom;
    return (
      kind === seen.kind &&
      state === seen.state &&
      gone === seen.gone &&
      (says === undefined || seen.says.includes(says))
    );
  }
  if (symptom.of === 'command' && seen.of === 'command')
    return symptom.exitCode === seen.exitCode && symptom.prints.test(seen.printed);
  if (symptom.of === 'log' && seen.of === 'log')
    return seen.says.length > 0 && seen.says.every((id) => symptom.says.includes(id));
  if (symptom.of === 'panic' && seen.of === 'panic')
    return seen.says.length > 0 && seen.says.every((id) => id === symptom.says);
  return (
    symptom.of === 'restore' &&
    seen.of === 'restore' &&
    (symptom.lacks === undefined || symptom.lacks === seen.lacks)
  );
};

/** Describes a symptom or an observation in a few words. */
export const describeSymptom = (shown: Symptom | ObservedSymptom): string => {
  if (shown.of === 'store') {
    const { findings, gone = [], left = [] } = shown;
    const configs = (what: true | readonly string[]): string =>
      what === true ? '' : ` (${what.join(', ')})`;
    const parts = [
      ...(findings.length > 0 ? [`fsck finds ${findings.join(', ')}`] : []),
      ...(gone === true || gone.length > 0 ? [`configs that were to stay are missing${configs(gone)}`] : []),
      ...(left === true || left.length > 0 ? [`configs that were to go are there${configs(left)}`] : []),
    ];
    return parts.join(', ') || 'the store is as it should be';
  }
  if (shown.of === 'history') {
    const { kind, state, gone = false, says = [] } = shown;
    const said = [says].flat().join(', ');
    return `a ${kind} ${gone ? `goes while it is ${state}` : `is ${state}`}${said === '' ? '' : `, saying ${said}`}`;
  }
  if (shown.of === 'command') {
    const text = 'prints' in shown ? shown.prints.source : JSON.stringify(shown.printed);
    return `the command ends with exit code ${shown.exitCode}, and prints ${text}`;
  }
  if (shown.of === 'restore') return restoreLosses[shown.lacks ?? 'other data'];
  if (shown.of === 'log') return `the log of a run says ${shown.says.join(', ') || 'nothing of it'}`;
  return `longhorn-manager ends by ${[shown.says]
    .flat()
    .map((id) => id ?? 'an unknown panic')
    .join(', ')}`;
};
