import { tmpdir } from 'node:os';
import { createCluster } from '../../providers/docker/cluster.ts';
import { kindTool } from '../../providers/kind/tool.ts';

// A process to be killed, or to end, with a cluster of its own; called as: inline-cluster.ts
// [keep|end|creating]
const cluster = createCluster(kindTool, { out: tmpdir(), signal: new AbortController().signal });
if (process.argv[2] !== 'creating') {
  const { keep } = await cluster;
  if (process.argv[2] === 'keep') keep();
  process.stdout.write('made\n');
}
if (process.argv[2] === 'end') process.exit(1);
setInterval(() => {}, 60_000);
