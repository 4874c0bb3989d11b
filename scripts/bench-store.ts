import { benchStore } from '../bench/store/run.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

const print = (line: string) => void process.stdout.write(`${line}\n`);
const [blocks = 10_000, runs = 3] = process.argv.slice(2).map(Number);
print(await benchStore({ blocks, runs, tell: print }));
