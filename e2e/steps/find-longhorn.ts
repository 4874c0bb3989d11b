import { readVersion } from '../longhorn/version.ts';
import type { Cluster } from '../observe/cluster.ts';
import type { Context, StepReport } from './context.ts';
import { readyNodes } from './volume.ts';

/** The nodes that the documents ask for. */
const nodesOfTheDocuments = 3;

/** Finds the Longhorn of the cluster and returns its version, as `v1.12.1`; one on fewer nodes than the documents have is a finding. */
export const findLonghorn = async ({
  cluster,
  step,
  report,
}: {
  cluster: Cluster;
  step: Context['step'];
  report: Pick<StepReport, 'finding'>;
}): Promise<string> => {
  const { version, nodes } = await step(
    'Given a Longhorn whose nodes are ready',
    async () => ({ version: await readVersion(cluster), nodes: await readyNodes({ cluster }) }),
    ({ version, nodes }) => `${version} on ${nodes.length}: ${nodes.join(', ')}`,
  );
  if (nodes.length < nodesOfTheDocuments) {
    report.finding({
      title: 'Longhorn has fewer nodes than the documents ask for',
      detail: `The documents have ${nodesOfTheDocuments} worker nodes; ready are ${nodes.length}: ${nodes.join(', ') || 'none'}.`,
    });
  }
  return version;
};
