import type { KubernetesObject } from '../../e2e/kube/cluster.ts';
import { containersOf, find, flagsOf, type ReleaseObject } from './manifest.ts';

/** What a release brings, as its manifest says: what is not there is not waited for. */
export type Release = {
  /** Names of the custom resource definitions. */
  definitions: string[];
  webhooks: boolean;
  /** The default engine's image; undefined where the managers choose it themselves. */
  engineImage: string | undefined;
  csi: boolean;
  /** Of the two Deployments that a release has, those that are to have a pod. */
  deployments: string[];
  /** And those that are not to have one. */
  notStarted: string[];
};

type Deployment = KubernetesObject & { spec?: { replicas?: number } };

const ownDeployments = new Set(['longhorn-driver-deployer', 'longhorn-ui']);

/** Reads from the objects, as they will be applied, what there will be to wait for. */
export const describeRelease = (objects: readonly ReleaseObject[]): Release => {
  const ofKind = (kind: string): KubernetesObject[] =>
    objects.map(({ object }) => object).filter((object) => object.kind === kind);
  const manager = find(objects, 'DaemonSet', 'longhorn-manager');
  const own = ofKind('Deployment').filter(({ metadata }) => ownDeployments.has(metadata.name));
  const isStarted = (object: KubernetesObject): boolean => (object as Deployment).spec?.replicas !== 0;
  const deployments = own.filter(isStarted).map(({ metadata }) => metadata.name);
  return {
    definitions: ofKind('CustomResourceDefinition').map(({ metadata }) => metadata.name),
    webhooks: find(objects, 'Service', 'longhorn-admission-webhook') !== undefined,
    engineImage: (manager ? containersOf(manager) : [])
      .map((container) => flagsOf(container).get('engine-image'))
      .find((image) => image),
    csi: deployments.includes('longhorn-driver-deployer'),
    deployments,
    notStarted: own.filter((object) => !isStarted(object)).map(({ metadata }) => metadata.name),
  };
};
