import { afterAll, beforeAll, beforeEach, onTestFailed } from 'vitest';
import { type Cluster, resources } from '../../../e2e/kube/cluster.ts';
import { share } from '../../support/share.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { openBackups } from './backups.ts';
import {
  type LocalCluster,
  localClusterAt,
  type SharedLonghorn,
  startLocalCluster,
} from './local-cluster.ts';

/** Who does by Longhorn's objects what its users do. */
export type User = Awaited<ReturnType<typeof openBackups>>;

const using = <T extends SharedLonghorn>(
  start: () => Promise<T>,
  begin: (started: { local: T; user: User }) => Promise<void>,
  stop: (local: T) => Promise<void>,
): void => {
  let local: T | undefined;
  let user: User | undefined;
  beforeAll(async () => {
    local = await start();
    user = await openBackups(local);
    await begin({ local, user });
  });
  afterAll(async () => {
    await user?.stop();
    if (local !== undefined) await stop(local);
  });
  beforeEach(() => {
    onTestFailed(async () => console.log(await local?.logs()));
  });
};

/**
 * Gives a file the managers that all files share, and calls `begin` before its tests: its names must be
 * nobody else's. What the managers logged is printed by a test that failed.
 */
export const useLonghorn = (begin: (started: { local: SharedLonghorn; user: User }) => Promise<void>): void =>
  using(
    async () => localClusterAt(await share('longhorn')),
    begin,
    async () => {},
  );

/** The same with managers that are the file's alone, and end with it. */
export const useOwnLonghorn = (
  begin: (started: { local: LocalCluster; user: User }) => Promise<void>,
  options: { version?: string } = {},
): void =>
  using(
    async () => {
      const local = await startLocalCluster(options);
      await local.startManagers();
      return local;
    },
    begin,
    (local) => local.stop(),
  );

/**
 * A Longhorn's cluster with pods: its managers are processes of this machine, as is what serves the store, so that
 * commands in a pod run here.
 */
export const withPods = ({ cluster, nodes }: Pick<SharedLonghorn, 'cluster' | 'nodes'>): Cluster => ({
  ...cluster,
  exec: stubCluster().exec,
  script: stubCluster().script,
  list: async (resource, options) => {
    if (resource.plural !== resources.pods.plural) return cluster.list(resource, options);
    const status = { phase: 'Running' };
    const pods = nodes.map((name) => ({ metadata: { name }, spec: { nodeName: name }, status }));
    return { items: pods as never[], resourceVersion: '1' };
  },
});
