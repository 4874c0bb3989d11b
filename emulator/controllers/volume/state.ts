import type { ReplicaState } from '../../engine/replica-process.ts';
import type { Volume } from '../../longhorn/objects.ts';

type State = NonNullable<Volume['status']>['state'];
export type VolumeStep = {
  state: State;
  robustness: 'healthy' | 'unknown' | 'faulted' | '';
  /** What to do to the device before the state is written. */
  device?: 'attach' | 'detach';
};

/**
 * The next step of a volume on its way to where spec.nodeID wants it, undefined when it is there. Each step is one update of status, in
 * the order seen on a real one: "" creating detaching detached attaching attached, and healthy a moment after attached. It is not attached before
 * its replica runs; where that has failed it is detached, faulted, for good: nobody salvages it.
 */
export const nextStep = ({
  state,
  robustness,
  wanted,
  replica,
}: {
  state: State;
  robustness: string;
  wanted: boolean;
  replica: ReplicaState | undefined;
}): VolumeStep | undefined => {
  if (state === '') return { state: 'creating', robustness: '' };
  if (state === 'creating') return { state: 'detaching', robustness: 'unknown' };
  if (state === 'detaching') return { state: 'detached', robustness: robustness === 'faulted' ? 'faulted' : 'unknown', device: 'detach' };
  if (wanted) {
    if (state === 'detached') return robustness === 'faulted' ? undefined : { state: 'attaching', robustness: 'unknown' };
    if (replica === 'error') return { state: 'detaching', robustness: 'faulted' };
    if (state === 'attaching') return replica === 'running' ? { state: 'attached', robustness: 'unknown', device: 'attach' } : undefined;
    return robustness === 'healthy' || robustness === 'faulted' ? undefined : { state: 'attached', robustness: 'healthy' };
  }
  if (state === 'attached' || state === 'attaching') return { state: 'detaching', robustness: 'unknown' };
  return undefined;
};
