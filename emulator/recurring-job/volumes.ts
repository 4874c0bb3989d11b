import type { Client } from '../kubernetes/client.ts';
import type { Log } from '../log.ts';
import type { RecurringJob, Volume } from '../longhorn/objects.ts';
import { jobLabels } from '../modelled-on.ts';
import { inUtil, inVolumes } from './caller.ts';
import { wrapped } from './go-text.ts';
import { readFlag, volumesWith } from './kubernetes.ts';

const setting = 'allow-recurring-job-while-volume-detached';

const isReady = ({ metadata: { name }, status }: Volume, allowDetached: boolean, log: Log): boolean => {
  if (status?.restoreRequired) {
    log.info(`Bypassed to create job for ${name} volume during restoring from the backup`, inUtil('filterVolumesForJob', 100));
    return false;
  }
  const ready = status?.state === 'attached' || allowDetached;
  if (!ready) log.warning(`Cannot create job for ${name} volume in state ${status?.state ?? ''}`, inUtil('filterVolumesForJob', 109));
  return ready;
};

/** Names of the volumes a job is for: those with its label, then those of its groups, each once, and only those that are attached. */
export const findVolumes = async (
  { metadata, spec }: RecurringJob,
  { kubernetes, log }: { kubernetes: Client; log: Log },
): Promise<string[]> => {
  const { name } = metadata;
  const allowDetached = await readFlag(kubernetes, setting).catch((error) => {
    throw wrapped(`failed to get ${setting} setting`, error);
  });
  log.info(`Setting ${setting} is ${allowDetached}`, inVolumes('StartVolumeJobs', 32));
  const names = new Set<string>();
  for (const label of [jobLabels.ofJob(name), ...(spec.groups ?? []).map(jobLabels.ofGroup)]) {
    const selector = `${label}=enabled`;
    log.info(`Got volumes from label ${selector}`, inUtil('getVolumesBySelector', 118));
    for (const volume of await volumesWith(kubernetes, selector)) {
      if (isReady(volume, allowDetached, log)) names.add(volume.metadata.name);
    }
  }
  log.info(`Found ${names.size} volumes with recurring job ${name}`, inVolumes('StartVolumeJobs', 51));
  return [...names];
};
