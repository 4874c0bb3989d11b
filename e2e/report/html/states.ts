import { jobState, podState } from './states-of-kubernetes.ts';
import { attachmentState, backupState, snapshotState, targetState, volumeState } from './states-of-longhorn.ts';
import type { StateOf, Watched } from './watched.ts';

const byResource: Record<string, StateOf> = {
  backups: backupState,
  backuptargets: targetState,
  jobs: jobState,
  pods: podState,
  snapshots: snapshotState,
  volumeattachments: attachmentState,
  volumes: volumeState,
};

/** The state of an object as the picture names it, and what it says; one that is being deleted is that above all. */
export const stateOf: (resource: string, object: Watched) => ReturnType<StateOf> = (resource, object) => {
  const state = byResource[resource]?.(object) ?? { state: 'exists', tone: 'quiet', texts: [] };
  if (object.metadata?.deletionTimestamp === undefined) return state;
  const isSaid = /deleting/i.test(state.state);
  return { ...state, state: isSaid ? state.state : `deleting (${state.state})`, tone: state.tone === 'bad' ? 'bad' : 'going' };
};
