import type { Volume } from '../longhorn/objects.ts';

type State = NonNullable<Volume['status']>['state'];
export type VolumeStep = {
  state: State;
  robustness: 'healthy' | 'unknown' | '';
  /** What to do to the device before the state is written. */
  device?: 'attach' | 'detach';
};

/**
 * The next step of a volume on its way to where spec.nodeID wants it, undefined when it is there. Each step is one update of status, in
 * the order seen on a real one: "" creating detaching detached attaching attached, and healthy a moment after attached.
 */
export const nextStep = ({ state, robustness, wanted }: { state: State; robustness: string; wanted: boolean }): VolumeStep | undefined => {
  if (state === '') return { state: 'creating', robustness: '' };
  if (state === 'creating') return { state: 'detaching', robustness: 'unknown' };
  if (state === 'detaching') return { state: 'detached', robustness: 'unknown', device: 'detach' };
  if (wanted) {
    if (state === 'detached') return { state: 'attaching', robustness: 'unknown' };
    if (state === 'attaching') return { state: 'attached', robustness: 'unknown', device: 'attach' };
    return robustness === 'healthy' || robustness === 'faulted' ? undefined : { state: 'attached', robustness: 'healthy' };
  }
  if (state === 'attached' || state === 'attaching') return { state: 'detaching', robustness: 'unknown' };
  return undefined;
};
