import type { KubernetesObject } from '../../e2e/kube/cluster.ts';
import { engineImageOf } from '../../e2e/longhorn/manager.ts';
import { containersOf, findObject, type ReleaseObject } from './manifest.ts';

/** The parts of a release, from its manifest. Missing parts are not waited for. */
export type Release = {
  /** Names of the custom resource definitions. */
  definitions: string[];
  webhooks: boolean;
  /** The default engine's image. Undefined if the managers choose it themselves. */
  engineImage: string | undefined;
  csi: boolean;
  /** Those of the release's two Deployments that will have a pod. */
  deployments: string[];
  /** Those that will have none. */
  notStarted: string[];
};

type Deployment = KubernetesObject & { spec?: { replicas?: number } };

const ownDeployments = new Set(['longhorn-driver-deployer', 'longhorn-ui']);

/** Reads the parts to wait for from the objects to apply. */
export const describeRelease = (objects: readonly ReleaseObject[]): Release => {
  const ofKind = (kind: string): KubernetesObject[] =>
    objects.map(({ object }) => object).filter((object) => object.kind === kind);
  const manager = findObject(objects, 'DaemonSet', 'longhorn-manager');
  const own = ofKind('Deployment').filter(({ metadata }) => ownDeployments.has(metadata.name));
  const isStarted = (object: KubernetesObject): boolean => (object as Deployment).spec?.replicas !== 0;
  const deployments = own.filter(isStarted).map(({ metadata }) => metadata.name);
  return {
    definitions: ofKind('CustomResourceDefinition').map(({ metadata }) => metadata.name),
    webhooks: findObject(objects, 'Service', 'longhorn-admission-webhook') !== undefined,
    engineImage: engineImageOf(manager ? containersOf(manager) : []),
    csi: deployments.includes('longhorn-driver-deployer'),
    deployments,
    notStarted: own.filter((object) => !isStarted(object)).map(({ metadata }) => metadata.name),
  };
};
