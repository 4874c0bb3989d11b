import { afterAll, beforeAll, expect, test } from 'vitest';
import { emulatorManifest } from '../../providers/emulator-pack.ts';
import { untilItWorks } from '../../providers/longhorn/attempts.ts';
import { installRelease } from '../../providers/longhorn/install.ts';
import { readObjects } from '../../providers/longhorn/manifest.ts';
import { type LocalCluster, startLocalCluster } from '../emulator/support/local-cluster.ts';
import { plays } from '../support/play-longhorn.ts';

// The emulator's managers are processes here, and a script plays their DaemonSet, the user interface and the
// store's pod; all else is as on any cluster.
let local: LocalCluster;

beforeAll(async () => {
  local = await startLocalCluster();
});
afterAll(() => local.stop());

test('the packed emulator is taken by an API server, and gets ready as a release does', async () => {
  const objects = readObjects([{ source: 'longhorn.yaml', text: emulatorManifest() }]);
  const { signal } = new AbortController();
  const kubeconfig = await local.kubeconfig();
  const installed = installRelease({
    kubeconfig,
    objects,
    nodes: local.nodes,
    storeImage: 'store:test',
    signal,
    timeout: 300_000,
  });
  for (const node of local.nodes) local.startManager(node);
  for (const part of ['managers', 'ui', 'store'] as const)
    await untilItWorks(async () => String(await plays[part](local.cluster)), { signal, tell: () => {} });
  const { version, told } = await installed;
  expect(version).toBe('v1.12.1-emulator');
  expect(told.replaceAll(/, after \d+(\.\d+)? (ms|s)\b/g, '')).toMatchInlineSnapshot(`
    "✓ its custom resources are served: 12 of 12
    ✓ a longhorn-manager is ready on each node: 3 of 3 ready
    - its webhooks are registered: not in this release
    - its webhooks take a volume (asked without making one): not in this release
    ✓ each Longhorn node is ready and schedulable, its disk too: 3 ready
    ✓ the default engine is deployed: deployed, on node1, node2, node3
    ✓ an instance manager runs on each node: 3 running
    ✓ the backup target default is available: nfs://backupstore.corral-default-backupstore:/opt/backupstore
    - the CSI driver is registered and its pods are ready: not in this release
    ✓ its deployments are available: longhorn-ui available"
  `);
});
