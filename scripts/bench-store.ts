import { benchStore } from '../bench/store/run.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

const print = (line: string) => void process.stdout.write(`${line}\n`);
const [blocks = 10_000, runs = 3] = process.argv.slice(2).map(Number);
if ([blocks, runs].every((count) => Number.isSafeInteger(count) && count > 0)) print(await benchStore({ blocks, runs, tell: print }));
else {
  process.stderr.write('bench:store: takes how many blocks and how many runs, whole numbers from 1 on: npm run bench:store -- 10000 3\n');
  process.exitCode = 2;
}
