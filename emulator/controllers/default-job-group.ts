import type { Volume } from '../longhorn/objects.ts';
import { jobLabels } from '../modelled-on.ts';

const prefixes = [jobLabels.ofJob(''), jobLabels.ofGroup('')];

/** The label that Longhorn gives a volume without any of recurring jobs: it belongs to the group `default`. */
export const defaultJobGroup = ({ metadata }: Volume): Record<string, string> => {
  const hasOne = Object.keys(metadata.labels ?? {}).some((label) => prefixes.some((prefix) => label.startsWith(prefix)));
  return hasOne ? {} : { [jobLabels.ofGroup('default')]: 'enabled' };
};
