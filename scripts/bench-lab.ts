import { benchLab } from '../bench/lab/run.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);
print(await benchLab(Number(process.argv[2] ?? 3), print));
