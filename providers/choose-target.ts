import { buildingUntil } from '../lab/build/signal.ts';
import { emulatorTarget } from './emulator-target.ts';
import { archiveTarget, officialTarget, type TargetOptions } from './longhorn/target.ts';
import { orAborted } from './or-aborted.ts';
import type { Target } from './target.ts';

type TargetRequest = TargetOptions & {
  /** `emulator`, `archive:` and a folder, or `official:` and a version. */
  longhorn: string;
  /** For other commands than the lab's own import. */
  portable: boolean;
  signal: AbortSignal;
};

const choose = ({ longhorn, portable, ...options }: TargetRequest): Promise<Target> => {
  const [, form, of = ''] = /^(archive|official):(.*)$/s.exec(longhorn) ?? [];
  if (form === 'archive') return archiveTarget(of, options);
  return form === 'official'
    ? officialTarget(of, options)
    : emulatorTarget({ portable, progress: options.progress });
};

/**
 * The Longhorn that was asked for, with its images read or pulled; `signal` cuts that short. Throws NotFit,
 * the providers' or the lab's, for one that cannot be had.
 */
export const chooseTarget = (request: TargetRequest): Promise<Target> =>
  orAborted(
    buildingUntil(request.signal, () => choose(request)),
    request.signal,
  );
