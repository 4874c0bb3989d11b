import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, onTestFailed } from 'vitest';
import { type Cluster, resources } from '../../../e2e/kube/cluster.ts';
import type { Context } from '../../../e2e/suite/steps/context.ts';
import type { TargetHandle } from '../../../e2e/suite/steps/handles.ts';
import { uniqueName } from '../../../e2e/suite/steps/made.ts';
import { openTimelines } from '../../../e2e/suite/steps/timelines.ts';
import { share } from '../../support/share.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { createTestContext } from '../../support/test-context.ts';
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

/** What a file's steps share on those managers, and a backup target of its name on a store of its own, in the folder `root`. */
type OwnSteps = {
  local: SharedLonghorn;
  user: User;
  context: Context;
  target: TargetHandle;
  root: string;
};

/** Gives a file the managers that all files share, as `useLonghorn` does, and what steps need of a scenario. */
export const useSteps = (
  { name, run }: { name: string; run: string },
  begin: (started: OwnSteps) => Promise<void>,
): void => {
  const stop = new AbortController();
  useLonghorn(async ({ local, user }) => {
    const root = join(dirname(local.store), `store-${name}`);
    await user.target(name, `store-${name}`);
    const timelines = await openTimelines(local.cluster, stop.signal);
    const { context } = createTestContext({
      ...{ cluster: withPods(local), root, run, target: name, timelines, living: stop.signal },
      ...{ without: ['block-device'], uniqueName: (what) => uniqueName(run, what) },
    });
    const target = await context.own.first(() => Promise.reject(new Error('there is one')));
    await begin({ local, user, context, target, root });
  });
  afterAll(() => stop.abort(new Error('the test is over')));
};
