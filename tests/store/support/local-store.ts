import type { Cluster } from '../../../e2e/kube/cluster.ts';
import type { RunningStore } from '../../../e2e/store/driver.ts';
import { servedStore } from '../../../e2e/store/drivers/nfs/served-store.ts';
import { stubCluster } from '../../support/stub-cluster.ts';

/** A store whose server's folder is one of this machine, and whose pod is this machine as well. */
export const localStore = (root: string, cluster: Cluster = stubCluster()): RunningStore =>
  servedStore(cluster, {
    pod: { namespace: 'corral-store', name: 'backupstore', container: 'nfs' },
    node: 'node1',
    url: 'nfs://backupstore.corral-store:/opt/backupstore',
    root,
    // Nothing is in the blocks of a recorded store.
    contents: 0,
  });
