import { InvalidArgumentError } from 'commander';
import { defaultSize, type LabSize } from '../size.ts';
import type { Step } from '../step.ts';
import { up } from '../up.ts';
import { type Commands, print } from './commands.ts';

type Flags = LabSize & { name: string };

const nodeCount = (value: string): number => {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1 || count > 8) throw new InvalidArgumentError('a lab has 1 to 8 nodes.');
  return count;
};

const bytes =
  (least: number) =>
  (value: string): string => {
    const [, number, unit] = /^(\d+)([MG])$/.exec(value) ?? [];
    const mebibytes = Number(number) * (unit === 'G' ? 1024 : 1);
    if (number === undefined || mebibytes < least) throw new InvalidArgumentError(`give it as 2048M or 12G, ${least}M or more.`);
    return value;
  };

const bringUp = async ({ name, ...size }: Flags, step: Step): Promise<void> => {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => interrupted.abort(new Error(`interrupted by ${signal}`)));
  const lab = await up({ name, ...size, step, signal: interrupted.signal });
  lab.keep();
  print(
    `The lab ${name} is up:`,
    `  export KUBECONFIG=${lab.kubeconfig}`,
    `  npm run lab -- down${name === 'lab' ? '' : ` --name ${name}`}`,
  );
};

/** `lab up`: builds what is missing and starts a lab. */
export const upCommand = ({ onLab, step }: Commands): void => {
  onLab('up', 'build what is missing and start a lab')
    .option('--nodes <count>', 'how many nodes, 1 to 8', nodeCount, defaultSize.nodes)
    .option('--memory <size>', 'memory of each node', bytes(512), defaultSize.memory)
    .option('--disk <size>', "size of each node's disk at /var/lib/longhorn; it takes room as it is written", bytes(256), defaultSize.disk)
    .action((flags: Flags) => bringUp(flags, step));
};
