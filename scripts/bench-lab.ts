import { readCounts } from '../bench/counts.ts';
import { benchCold } from '../bench/lab/cold.ts';
import { benchLab } from '../bench/lab/run.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';

guardOutput();

// `bench-lab.ts [RUNS]` starts labs from nothing; `bench-lab.ts cold` builds all that they are made of.

const print = (line: string) => void process.stdout.write(`${line}\n`);
const args = process.argv.slice(2);
if (args.join() === 'cold') print(await benchCold(print));
else {
  const usage =
    'bench:lab: takes how many labs to start, a whole number from 1 on, or cold: npm run bench:lab -- 3';
  const counts = readCounts(args, { defaults: [3], usage });
  if (counts !== undefined) print(await benchLab(counts[0], print));
}
