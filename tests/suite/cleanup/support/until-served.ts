import { once } from '../../../../e2e/history/expectation.ts';
import { follow } from '../../../../e2e/history/watch.ts';
import { type Cluster, type KubernetesObject, resources } from '../../../../e2e/kube/cluster.ts';
import { customResourceDefinitions } from '../../../../emulator/manifests/custom-resources.ts';

type Definition = KubernetesObject & { status?: { conditions?: { type: string; status: string }[] } };

/** Waits until an API server serves Longhorn's kinds. */
export const untilServed = async (cluster: Cluster): Promise<void> => {
  const timeline = await follow<Definition>(cluster, resources.customResourceDefinitions);
  const isServed = ({ status }: Definition): boolean =>
    status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') === true;
  for (const { metadata } of customResourceDefinitions)
    await once(timeline, isServed, {
      name: metadata.name,
      label: `${metadata.name} is served`,
      within: '5m',
      owner: 'this test',
    });
  await timeline.stop();
  // For some seconds more, a request may be answered with "later"; a watch bears that.
  for (const { spec } of customResourceDefinitions) {
    const { group, names, versions } = spec;
    await (await follow(cluster, { group, version: versions[0]?.name ?? '', plural: names.plural })).stop();
  }
};
