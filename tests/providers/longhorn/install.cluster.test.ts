import { beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '../../../e2e/history/expectation.ts';
import { follow } from '../../../e2e/history/watch.ts';
import { type Cluster, connect, type KubernetesObject } from '../../../e2e/kube/cluster.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../e2e/longhorn/resources.ts';
import type { BackupTarget } from '../../../e2e/longhorn/types.ts';
import { adaptToCluster } from '../../../providers/longhorn/adapt-release.ts';
import { retryUntilSuccess, tryCreateVolume } from '../../../providers/longhorn/attempts.ts';
import { readinessConditions } from '../../../providers/longhorn/conditions.ts';
import { installRelease } from '../../../providers/longhorn/install.ts';
import { readObjects } from '../../../providers/longhorn/manifest.ts';
import { untilLonghornReady } from '../../../providers/longhorn/readiness.ts';
import { describeRelease } from '../../../providers/longhorn/release.ts';
import { describeMissingImage, explainStuck } from '../../../providers/longhorn/stuck.ts';
import { openInstallationWatches } from '../../../providers/longhorn/watches.ts';
import { type ApiServer, startApiServer } from '../../support/api-server.ts';
import { imitate, nodes, troubles } from '../../support/imitate-controllers.ts';
import { releaseText } from '../../support/longhorn-release.ts';

// On a real API server; a script imitates the controllers, Kubernetes' and Longhorn's.
let server: ApiServer;
let cluster: Cluster;
let kubeconfig: string;

beforeAll(async () => {
  server = await startApiServer();
  kubeconfig = await server.kubeconfig();
  cluster = connect({ kubeconfig });
  return () => server.stop();
});

const { objects } = adaptToCluster(readObjects([{ source: 'longhorn.yaml', text: releaseText('v1.12.1') }]), {
  missing: [],
});
const signal = new AbortController().signal;
const withoutTimes = (text: string): string =>
  text.replace(/\d+ min( \d+ s)?\b|\d+(\.\d+)? m?s\b/g, '<time>').replace(/^.*resourceVersion.*\n/gm, '');

// What a part is about may not be there yet.
const imitateAll = async (...names: (keyof typeof imitate)[]): Promise<void> => {
  for (const name of names)
    await retryUntilSuccess(() => Promise.resolve(imitate[name](cluster)), { signal });
};

test('a release is applied, its target pointed at the store once it can be listed, and waited for', async () => {
  const awaited: string[] = [];
  const onProgress = (text: string) => awaited.push(text);
  const how = { storeImage: 'store:test', signal, timeout: 300_000, onProgress };
  const installed = installRelease({ kubeconfig, objects, nodes, ...how });
  await imitateAll('settings', 'target', 'store', 'managers', 'webhooks', 'nodes', 'engineImage');
  const targets = await follow<BackupTarget>(cluster, longhornResources.backupTargets, { namespace, signal });
  expect(targets.current('default')?.spec.backupTargetURL).toBeUndefined();
  await imitateAll('lateInstanceManagers');
  const managers = await follow(cluster, longhornResources.instanceManagers, { namespace, signal });
  const isTouched = ({ metadata }: KubernetesObject) =>
    metadata.annotations?.['corral.test/touched'] !== undefined;
  const wait = { within: '5m', owner: 'this test' } as const;
  for (const node of nodes) {
    const label = 'Longhorn is made to look at it again';
    await waitUntil(managers, isTouched, { ...wait, name: `instance-manager-${node}`, label });
  }
  await managers.stop();
  await imitateAll('instanceManagers');
  const url = 'nfs://backupstore.corral-default-backupstore:/opt/backupstore';
  const isPointed = ({ spec }: BackupTarget) => spec.backupTargetURL === url;
  const pointed = await waitUntil(targets, isPointed, { ...wait, label: 'it is pointed' });
  expect(pointed.spec.pollInterval).toBe('5m0s');
  expect(Date.parse(pointed.spec.syncRequestedAt ?? '')).toBeGreaterThan(Date.now() - 30_000);
  await imitateAll('targetAvailable', 'csi', 'deployments');
  const { version, summary } = await installed;
  await targets.stop();
  expect(version).toBe('v1.12.1');
  expect(withoutTimes(summary)).toMatchInlineSnapshot(`
    "✓ its custom resources are served, after <time>
    ✓ a longhorn-manager is ready on each node, after <time>
    ✓ its webhooks are registered, after <time>
    ✓ its webhooks take a volume (asked without making one), after <time>
    ✓ each Longhorn node is ready and schedulable, its disk too, after <time>
    ✓ the default engine is deployed, after <time>
    ✓ an instance manager runs on each node, after <time>
    ✓ the backup target default is available, after <time>
    ✓ the CSI driver is registered and its pods are ready, after <time>
    ✓ its deployments are available, after <time>"
  `);
  expect(awaited[0]).toContain('its custom resources are served (0 of 6');
  expect(awaited.at(-1)).toContain('available');
});

/** Waits for the release again, for a moment, on what is in the cluster by now. */
const waitAgain = async (): Promise<string> => {
  const ended = new AbortController();
  const volumes = await tryCreateVolume(cluster)
    .then(() => [])
    .catch(({ message }: Error) => [message]);
  const watches = await openInstallationWatches(cluster, { signal: ended.signal, onFailure: () => {} });
  await watches.watchLonghorn();
  const attempts = { volumes, target: [] };
  const conditions = Object.values(readinessConditions(describeRelease(objects), nodes, attempts));
  try {
    return await untilLonghornReady(watches, {
      ...{ conditions, start: performance.now(), timeout: 500, signal: ended.signal },
      ...{ onProgress: () => {}, fatal: describeMissingImage, explain: () => explainStuck(cluster) },
    });
  } finally {
    ended.abort();
    await watches.stop();
  }
};

describe('what is stuck when the time is over is reported', () => {
  // One after the other: each makes its trouble in the same cluster, and ends it.
  test.each(Object.keys(troubles))('%s', async (name) => {
    const trouble = troubles[name];
    await trouble?.begins(cluster);
    const message = await waitAgain()
      .then(() => 'ready')
      .catch((error: Error) => error.message);
    await trouble?.ends(cluster);
    // The API server may say so of any Service, some time after it was made.
    const repaired = /\n {2}Service \S+: ClusterIPNotAllocated: .*/g;
    const lines = withoutTimes(message)
      .replace(repaired, '')
      .replace(/\nThe latest warnings in longhorn-system:$/, '')
      .split('\n');
    expect(lines.filter((line) => !line.startsWith('  ✓')).join('\n')).toMatchSnapshot();
    expect(await waitAgain()).not.toContain('✗');
  });
});
