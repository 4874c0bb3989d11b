import { orAborted } from '../e2e/kube/or-aborted.ts';
import { withBuildSignal } from '../lab/build/signal.ts';
import { emulatorTarget } from './emulator-target.ts';
import { archiveTarget, officialTarget, type TargetOptions } from './longhorn/target.ts';
import type { LonghornTarget } from './target.ts';

type TargetRequest = TargetOptions & {
  /** `emulator`, `emulator:VERSION`, `archive:FOLDER` or `official:VERSION`. */
  longhorn: string;
  /** Whether commands other than the lab's own import read the archive. */
  portable: boolean;
  signal: AbortSignal;
};

const choose = ({ longhorn, portable, ...options }: TargetRequest): Promise<LonghornTarget> => {
  const [, form, of = ''] = /^(emulator|archive|official):(.*)$/s.exec(longhorn) ?? [];
  if (form === 'archive') return archiveTarget(of, options);
  return form === 'official'
    ? officialTarget(of, options)
    : emulatorTarget({ portable, progress: options.progress, ...(form && { version: of }) });
};

/**
 * Returns the requested Longhorn, with its images read or pulled. `signal` interrupts that. Throws PreconditionError if
 * it is not available.
 */
export const chooseTarget = (request: TargetRequest): Promise<LonghornTarget> =>
  orAborted(
    withBuildSignal(request.signal, () => choose(request)),
    request.signal,
  );
