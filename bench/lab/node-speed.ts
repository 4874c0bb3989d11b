import { execa } from 'execa';
import { askLab } from '../../lab/control/ask.ts';

type Ran = { stdout: string };

// One read and one write a byte; and one fork, exec and wait a round. Seconds come from bash's own clock.
const script = `
TIMEFORMAT=%R
calls=$( { time dd if=/dev/zero of=/dev/null bs=1 count=100000 status=none; } 2>&1 )
forks=$( { time for i in {1..200}; do /bin/true; done; } 2>&1 )
echo "$calls $forks"`;

const parse = (stdout: string): { 'a system call, us': number; 'fork, exec and wait, ms': number } => {
  const [calls = 0, forks = 0] = stdout.trim().split(' ').map(Number);
  return { 'a system call, us': (calls / 200_000) * 1e6, 'fork, exec and wait, ms': (forks / 200) * 1e3 };
};

/** What a system call and a new process cost in a node, and on this machine beside it. */
export const nodeSpeed = async (lab: string): Promise<Map<string, number>> => {
  const inNode = (await askLab(lab, { action: 'run', node: 'node1', script, withinMs: 60_000 })) as Ran;
  const here = await execa('bash', ['-c', script]);
  const figures = new Map<string, number>();
  for (const [where, { stdout }] of [
    ['node', inNode],
    ['host', here],
  ] as const)
    for (const [what, figure] of Object.entries(parse(stdout))) figures.set(`${what} (${where})`, figure);
  return figures;
};
