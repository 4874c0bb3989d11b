import { benchReport } from '../bench/report/run.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

const [events = 10_000] = process.argv.slice(2).map(Number);
if (Number.isSafeInteger(events) && events > 0) process.stdout.write(`${await benchReport({ events })}\n`);
else {
  process.stderr.write('bench:report: takes how many events, a whole number from 1 on: npm run bench:report -- 10000\n');
  process.exitCode = 2;
}
