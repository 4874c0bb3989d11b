import { readCounts } from '../bench/counts.ts';
import { benchS3 } from '../bench/store/run-s3.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';

guardOutput();

const print = (line: string) => void process.stdout.write(`${line}\n`);
const usage =
  'bench:s3: takes how many blocks and how many runs, whole numbers from 1 on: npm run bench:s3 -- 10000 3';
const counts = readCounts(process.argv.slice(2), { defaults: [10_000, 3], usage });
if (counts !== undefined) print(await benchS3({ blocks: counts[0], runs: counts[1], print }));
