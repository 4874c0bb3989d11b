import { afterAll, beforeAll, beforeEach, onTestFailed } from 'vitest';
import { openBackups } from './backups.ts';
import { type LocalCluster, startLocalCluster } from './local-cluster.ts';

/** Who does by Longhorn's objects what its users do. */
export type User = Awaited<ReturnType<typeof openBackups>>;

/**
 * Starts the managers on a cluster of this machine before all tests of a file, and then calls `begin`; ends them after all tests. What they
 * logged is printed by a test that failed.
 */
export const useLonghorn = (
  begin: (started: { local: LocalCluster; user: User }) => Promise<void>,
  options: { version?: string } = {},
): void => {
  let local: LocalCluster | undefined;
  let user: User | undefined;
  beforeAll(async () => {
    local = await startLocalCluster(options);
    await local.restart(undefined);
    await local.untilReady();
    user = await openBackups(local);
    await begin({ local, user });
  });
  afterAll(async () => {
    await user?.stop();
    await local?.stop();
  });
  beforeEach(() => {
    onTestFailed(async () => console.log(await local?.logs()));
  });
};
