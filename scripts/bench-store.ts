import { benchStore } from '../bench/store/run.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);
const [blocks = 10_000, runs = 3] = process.argv.slice(2).map(Number);
print(await benchStore({ blocks, runs, tell: print }));
