import { nodeCut } from '../../e2e/faults/lab-faults.ts';
import { openLedger } from '../../e2e/faults/ledger.ts';
import { openFaults } from '../../e2e/faults/open-faults.ts';
import type { Cluster } from '../../e2e/kube/cluster.ts';

// A run that has disconnected node2 of a lab, and waits to be killed.
const [lab = '', out = '', server = ''] = process.argv.slice(2);
await openFaults({ cluster: { server } as Cluster, ledger: await openLedger(out, 'abc123') }).inject(
  nodeCut({ lab, node: 'node2' }),
);
process.stdout.write('in force\n');
setInterval(() => {}, 60_000);
