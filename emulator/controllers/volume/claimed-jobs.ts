import type { Volume } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { jobLabels } from '../../modelled-on.ts';
import { claimOf } from '../csi/claim-of.ts';

const prefixes = [jobLabels.ofJob(''), jobLabels.ofGroup('')];

const ofJobs = (labels: Record<string, string> = {}): [string, string][] =>
  Object.entries(labels).filter(
    ([label]) => label !== jobLabels.source && prefixes.some((prefix) => label.startsWith(prefix)),
  );

/**
 * How the labels of a volume change so that it takes part in the same recurring jobs as its claim, or in those of the
 * group default. Nothing if the claim is not their source. Longhorn looks at claims only when it looks at their volumes
 * (volume_controller.go, syncPVCRecurringJobLabels).
 */
export const labelsOfClaim = (
  context: ManagerContext,
  { metadata }: Volume,
): Record<string, string | null> => {
  const { mutant } = context;
  const { labels = {} } = claimOf(context, metadata.name)?.metadata ?? {};
  if (labels[jobLabels.source] !== 'enabled' || mutant === 'claim-jobs-ignored') return {};
  const found = ofJobs(labels);
  const wanted = Object.fromEntries(found.length > 0 ? found : [[jobLabels.ofGroup('default'), 'enabled']]);
  const gone = mutant === 'claim-jobs-added-only' ? [] : ofJobs(metadata.labels);
  return Object.fromEntries([
    ...gone.flatMap(([label]) => (wanted[label] === undefined ? [[label, null] as const] : [])),
    ...Object.entries(wanted).filter(([label, value]) => metadata.labels?.[label] !== value),
  ]);
};
