import { modelledOn } from './modelled-on.ts';

const numbers = (version: string): [number, number] | undefined => {
  const [, minor, patch] = /^v1\.(\d{1,4})\.(\d{1,4})$/.exec(version) ?? [];
  return minor === undefined || patch === undefined ? undefined : [Number(minor), Number(patch)];
};

const isUpTo = (version: string, end: string): boolean => {
  const [[minor, patch], [lastMinor, lastPatch]] = [numbers(version) ?? [0, 0], numbers(end) ?? [0, 0]];
  return minor < lastMinor || (minor === lastMinor && patch <= lastPatch);
};

/** Versions that the emulator can stand for: from the first that deletes asynchronously to the one that it is modelled on. */
export const versions = { oldest: 'v1.8.0', newest: modelledOn } as const;

/** Whether a text is one of them. */
export const isVersion = (text: string): boolean =>
  numbers(text) !== undefined && !isUpTo(text, 'v1.7.9999') && isUpTo(text, versions.newest);

/** Whether a manager of this version panics when a removal from the store fails whose Backup has gone (longhorn/longhorn#13245). */
export const panicsOverLateFailure = (version: string): boolean =>
  isUpTo(version, 'v1.10.3') || (!isUpTo(version, 'v1.10.9999') && isUpTo(version, 'v1.11.2'));
