import { readCounts } from '../bench/counts.ts';
import { benchReport } from '../bench/report/run.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';

guardOutput();

const usage = 'bench:report: takes how many events, a whole number from 1 on: npm run bench:report -- 10000';
const counts = readCounts(process.argv.slice(2), { defaults: [10_000], usage });
if (counts !== undefined) process.stdout.write(`${await benchReport({ events: counts[0] })}\n`);
