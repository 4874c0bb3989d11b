import type { EngineImage, Node, Pod } from '../longhorn/objects.ts';
import { byType, type Links, type RancherResource, withLinks } from './resource.ts';

const toDisks = ({ spec, status }: Node) =>
  Object.fromEntries(
    Object.entries(spec.disks).map(([name, disk]) => {
      const { conditions = null, ...rest } = status?.diskStatus?.[name] ?? {};
      return [name, { ...disk, ...rest, conditions: byType(conditions) }];
    }),
  );

/** A node as the API shows it; its address is that of its manager's pod. */
export const toNode = (node: Node, managerPods: Pod[], links: Links): RancherResource => {
  const { metadata, spec, status } = node;
  return withLinks(
    {
      id: metadata.name,
      type: 'node',
      name: metadata.name,
      address: managerPods.find((pod) => pod.spec.nodeName === metadata.name)?.status?.podIP ?? '',
      allowScheduling: spec.allowScheduling,
      region: status?.region ?? '',
      zone: status?.zone ?? '',
      conditions: byType(status?.conditions),
      disks: toDisks(node),
    },
    links,
  );
};

/** An engine image as the API shows it; its status stands beside the rest. */
export const toEngineImage = (
  { metadata, spec, status }: EngineImage,
  defaultImage: string | undefined,
  links: Links,
): RancherResource =>
  withLinks(
    {
      ...status,
      id: metadata.name,
      type: 'engineImage',
      name: metadata.name,
      image: spec.image,
      default: spec.image === defaultImage,
    },
    links,
  );
