import { type Cluster, resources } from '../kube/cluster.ts';
import type { Pod } from '../kube/pods.ts';
import { longhornNamespace } from './resources.ts';

/** An image in Longhorn's namespace: its name in the pod's spec, and the digest of its content. */
export type RunningImage = { name: string; digest: string };

const imagesOf = ({ spec, status }: Pod): RunningImage[] => {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  return containers.flatMap(({ name, image }) => {
    const { imageID = '' } = statuses.find((each) => each.name === name) ?? {};
    // The repository may precede the digest. The ID of an image that was never pulled is only the digest.
    const [digest] = /sha256:[0-9a-f]{64}$/.exec(imageID) ?? [];
    return image === undefined || digest === undefined ? [] : [{ name: image, digest }];
  });
};

/** The images of Longhorn's pods, without duplicates, sorted by name. */
export const runningImages = async (cluster: Pick<Cluster, 'list'>): Promise<RunningImage[]> => {
  const { items } = await cluster.list<Pod>(resources.pods, { namespace: longhornNamespace });
  const all = items.flatMap(imagesOf).map((image) => [`${image.name}@${image.digest}`, image] as const);
  return [...new Map(all).values()].toSorted(
    (one, other) => one.name.localeCompare(other.name) || one.digest.localeCompare(other.digest),
  );
};
