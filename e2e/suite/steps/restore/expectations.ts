import { type Expectation, expectHistory } from '../../../history/expectation.ts';
import { namedState } from '../../../history/named-state.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { Volume } from '../../../longhorn/types.ts';
import { describeRestore, isRestored, restoreOf } from '../volume/restored.ts';

const hasFailed = (volume: Volume): boolean =>
  restoreOf(volume)?.reason === 'RestoreFailure' || volume.status?.robustness === 'faulted';

const begun = namedState('restore-begun', () => ({
  label: 'being restored, or about to be',
  matches: (volume: Volume) => !isRestored(volume) && !hasFailed(volume),
}));

const isInUse = ({ status }: Volume): boolean =>
  status?.state === 'attached' && status.restoreRequired === true && !status.frontendDisabled;

const unusedBefore = namedState('restore-unused-before', () => ({
  label: 'about to be restored',
  matches: (volume: Volume) => !isRestored(volume) && !hasFailed(volume) && !isInUse(volume),
}));

const unusedMeanwhile = namedState('restore-unused-meanwhile', () => ({
  label: 'being restored, attached without a device',
  matches: (volume: Volume) =>
    volume.status?.state === 'attached' &&
    restoreOf(volume)?.status === 'True' &&
    volume.status.restoreRequired === true &&
    !hasFailed(volume) &&
    !isInUse(volume),
}));

// The condition Restore stays True until the volume is detached.
const written = namedState('restore-written', () => ({
  label: 'restored, and still attached',
  matches: ({ status }: Volume) => status?.restoreInitiated === true && !status.restoreRequired,
}));

const reportedAsOver = namedState('restore-reported-as-over', () => ({
  label: 'restored, and detached, and no longer reported as being restored',
  matches: (volume: Volume) =>
    isRestored(volume) && !hasFailed(volume) && restoreOf(volume)?.status !== 'True',
}));

const inProgress = namedState('restore-in-progress', () => ({
  label: 'being restored',
  matches: (volume: Volume) => restoreOf(volume)?.status === 'True' && !hasFailed(volume),
}));

const restored = namedState('restore-done', () => ({
  label: 'restored, and detached',
  matches: (volume: Volume) => isRestored(volume) && !hasFailed(volume),
}));

const givenUp = namedState('restore-given-up', () => ({
  label: 'faulted, the restore given up',
  matches: (volume: Volume) =>
    restoreOf(volume)?.reason === 'RestoreFailure' && volume.status?.robustness === 'faulted',
}));

// The condition may follow after the robustness.
const faulted = namedState('restore-faulted', () => ({
  label: 'faulted',
  matches: (volume: Volume) =>
    volume.status?.robustness === 'faulted' && restoreOf(volume)?.reason !== 'RestoreFailure',
}));

/** A volume that is being restored: its name, its name in sentences, and the last sequence before it was made. */
export type RestoreSubject = { name: string; label: string; from: number };

type Volumes = Timeline<Volume>;

const history = (volumes: Volumes, { name, label, from }: RestoreSubject): Expectation<Volume> =>
  expectHistory(volumes, { name, label, describe: describeRestore }).from(from);

/** The restore is under way, according to the condition Restore. */
export const isUnderWay = (volumes: Volumes, subject: RestoreSubject): Expectation<Volume> =>
  history(volumes, subject).startingAs(begun()).goes(inProgress());

/** The restore succeeds and is never given up. To check that it does neither for some time, see `stays`. */
export const succeeds = (volumes: Volumes, subject: RestoreSubject): Expectation<Volume> =>
  history(volumes, subject).startingAs(begun()).goes(restored());

/**
 * The volume is attached for the restore, has the condition Restore and no device meanwhile, and is detached after it
 * is written.
 */
export const isUnusedMeanwhile = (volumes: Volumes, subject: RestoreSubject): Expectation<Volume> =>
  history(volumes, subject)
    .startingAs(unusedBefore())
    .goes(unusedMeanwhile(), reportedAsOver())
    .allowing(written());

/** The restore is given up: the volume is faulted, and the condition Restore gives the reason. */
export const isGivenUp = (volumes: Volumes, subject: RestoreSubject): Expectation<Volume> =>
  history(volumes, subject).startingAs(begun(), faulted()).goes(givenUp());
