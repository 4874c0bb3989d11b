import { execa } from 'execa';
import { askLab } from '../../lab/control/ask.ts';
import { labDir } from '../../lab/run/settings.ts';
import { takenByPart } from './processes.ts';
import { timedStart } from './start.ts';
import { storageSpeed } from './storage-speed.ts';
import { addFigure, type Figures, figuresTable } from './table.ts';

const sum = (figures: readonly number[]): number => figures.reduce((all, each) => all + each, 0);

/** Measures a lab `runs` times from nothing, with what can be built in the cache, and returns the tables. */
export const benchLab = async (runs: number, print: (line: string) => void): Promise<string> => {
  const phases: Figures = new Map();
  const memory: Figures = new Map();
  const cpu: Figures = new Map();
  const speed: Figures = new Map();
  const storage: Figures = new Map();
  for (let run = 1; run <= runs; run += 1) {
    const name = `bench-${process.pid}`;
    const { lab, phases: reached } = await timedStart(name);
    try {
      for (const [phase, seconds] of reached) addFigure(phases, phase, seconds);
      const parts = [...(await takenByPart(labDir(name)))];
      for (const [part, { mebibytes, cpuSeconds }] of parts) {
        addFigure(memory, part, mebibytes);
        addFigure(cpu, part, cpuSeconds);
      }
      addFigure(memory, 'all', sum(parts.map(([, { mebibytes }]) => mebibytes)));
      addFigure(cpu, 'all', sum(parts.map(([, { cpuSeconds }]) => cpuSeconds)));
      for (const [what, figure] of await nodeSpeed(name)) addFigure(speed, what, figure);
    } finally {
      await lab.stop();
    }
    for (const [what, figure] of await storageSpeed(`${name}-storage`)) addFigure(storage, what, figure);
    print(
      `run ${run} of ${runs}: ${[...reached].map(([phase, seconds]) => `${phase} ${seconds.toFixed(1)} s`).join(', ')}`,
    );
  }
  return [
    figuresTable('from nothing, s', phases),
    figuresTable('memory, MiB', memory),
    figuresTable('processor time until then, s', cpu),
    figuresTable('a node beside its host', speed),
    figuresTable('storage, MiB/s', storage),
  ].join('\n');
};

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
const nodeSpeed = async (lab: string): Promise<Map<string, number>> => {
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
