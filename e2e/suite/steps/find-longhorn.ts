import type { Cluster } from '../../kube/cluster.ts';
import { isInRange, isTooOld, isUnknownNewer, supported } from '../../longhorn/supported.ts';
import { readVersion } from '../../longhorn/version.ts';
import type { Context } from './context.ts';
import type { StepReport } from './deps.ts';
import { readyNodes } from './volume/volume.ts';

/** The number of worker nodes that the documents require. */
const nodesOfTheDocuments = 3;

/** The first step of every scenario. */
export const longhornIsReady = { sentence: 'Given a Longhorn whose nodes are ready' };

/**
 * Returns the version of the cluster's Longhorn, such as `v1.12.1`. Skips the scenario if the version is not in its
 * range or is older than the suite supports. Reports a finding for fewer nodes than in the documents, and for a
 * version newer than any tested one.
 */
export const findLonghorn = async ({
  cluster,
  asStep,
  report,
  range,
  skip,
}: {
  cluster: Cluster;
  asStep: Context['asStep'];
  report: Pick<StepReport, 'finding'>;
  range: string;
  skip: (reason: string) => never;
}): Promise<string> => {
  const { version, nodes } = await asStep(
    longhornIsReady.sentence,
    async () => ({ version: await readVersion(cluster), nodes: await readyNodes({ cluster }) }),
    ({ version, nodes }) => `${version} on ${nodes.length}: ${nodes.join(', ')}`,
  );
  if (isTooOld(version))
    skip(`needs Longhorn v${supported.oldest} or newer, with backup targets by name; here is ${version}`);
  if (!isInRange(version, range)) skip(`holds for Longhorn ${range}; here is ${version}`);
  if (isUnknownNewer(version)) {
    report.finding({
      code: 'longhorn-is-newer',
      title: 'Longhorn is newer than any that the scenarios were tried on',
      detail: `It is ${version}; what was expected of it is what v${supported.newest} does.`,
    });
  }
  if (nodes.length < nodesOfTheDocuments) {
    report.finding({
      code: 'few-nodes',
      title: 'Longhorn has fewer nodes than the documents ask for',
      detail: `The documents have ${nodesOfTheDocuments} worker nodes; ready are ${nodes.length}: ${nodes.join(', ') || 'none'}.`,
    });
  }
  return version;
};
