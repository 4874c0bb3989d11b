import type { KubernetesObject } from '../../../kube/cluster.ts';
import { backupState } from '../../../longhorn/backup-state.ts';
import type { ObservedSymptom } from '../../../longhorn/bugs/bug.ts';
import { knownIdsOf } from '../../../longhorn/messages/classify.ts';
import { saidByBackup } from '../../../longhorn/messages/said-by.ts';
import type { Backup, Volume } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';

type SeenInOptions = Pick<Context, 'version'> & {
  timelines: Pick<Context['timelines'], 'backups' | 'volumes'>;
};

/**
 * Returns what an error says about a broken promise, to recognize known bugs. Undefined if it says nothing about
 * that. Errors are checked by their fields, because their classes may be loaded twice. Causes count too.
 */
export const symptomIn = (deps: SeenInOptions, error: unknown): ObservedSymptom | undefined => {
  if (!(error instanceof Error)) return undefined;
  const { seen, verdict } = error as {
    seen?: ObservedSymptom;
    verdict?: { state: string; last?: KubernetesObject };
  };
  if (seen !== undefined) return seen;
  if (verdict !== undefined)
    return verdict.state === 'broken' && verdict.last !== undefined ? seenOf(deps, verdict.last) : undefined;
  return symptomIn(deps, error.cause);
};

const seenOf = (
  { timelines: { backups, volumes }, version }: SeenInOptions,
  last: KubernetesObject,
): ObservedSymptom | undefined => {
  const ofVolume = volumes.entries.find((each) => each.kind !== 'gap' && each.object === last);
  if (ofVolume !== undefined) {
    const { metadata, status } = last as Volume;
    const state = status?.robustness ?? '';
    return {
      of: 'history',
      kind: 'Volume',
      name: metadata.name,
      state,
      gone: ofVolume.kind === 'deleted',
      says: [],
    };
  }
  const entry = backups.entries.find((each) => each.kind !== 'gap' && each.object === last);
  if (entry === undefined) return undefined;
  const backup = last as Backup;
  return {
    of: 'history',
    kind: 'Backup',
    name: backup.metadata.name,
    state: backupState(backup),
    gone: entry.kind === 'deleted',
    says: knownIdsOf(saidByBackup(backup), version),
  };
};
