import { benchCold } from '../bench/lab/cold.ts';
import { benchLab } from '../bench/lab/run.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

// `bench-lab.ts [RUNS]` starts labs from nothing; `bench-lab.ts cold` builds all that they are made of.

const print = (line: string) => void process.stdout.write(`${line}\n`);
const [what = '3'] = process.argv.slice(2);
print(what === 'cold' ? await benchCold(print) : await benchLab(Number(what), print));
