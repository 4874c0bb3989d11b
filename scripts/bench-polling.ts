import { benchPolling } from '../bench/polling/run.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';

guardOutput();

const print = (line: string) => void process.stdout.write(`${line}\n`);
print(await benchPolling(print));
