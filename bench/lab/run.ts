import { labDir } from '../../lab/run/settings.ts';
import { nodeSpeed } from './node-speed.ts';
import { takenByPart } from './processes.ts';
import { timedStart } from './start.ts';
import { storageSpeed } from './storage-speed.ts';
import { type Figures, note, table } from './table.ts';

const sum = (figures: readonly number[]): number => figures.reduce((all, each) => all + each, 0);

/** Measures a lab `runs` times from nothing, with what can be built in the cache, and returns the tables. */
export const benchLab = async (runs: number, tell: (line: string) => void): Promise<string> => {
  const phases: Figures = new Map();
  const memory: Figures = new Map();
  const cpu: Figures = new Map();
  const speed: Figures = new Map();
  const storage: Figures = new Map();
  for (let run = 1; run <= runs; run += 1) {
    const name = `bench-${process.pid}`;
    const { lab, phases: reached } = await timedStart(name);
    try {
      for (const [phase, seconds] of reached) note(phases, phase, seconds);
      const parts = [...takenByPart(labDir(name))];
      for (const [part, { mebibytes, cpuSeconds }] of parts) {
        note(memory, part, mebibytes);
        note(cpu, part, cpuSeconds);
      }
      note(memory, 'all', sum(parts.map(([, { mebibytes }]) => mebibytes)));
      note(cpu, 'all', sum(parts.map(([, { cpuSeconds }]) => cpuSeconds)));
      for (const [what, figure] of await nodeSpeed(name)) note(speed, what, figure);
    } finally {
      await lab.stop();
    }
    for (const [what, figure] of await storageSpeed(`${name}-storage`)) note(storage, what, figure);
    tell(`run ${run} of ${runs}: ${[...reached].map(([phase, seconds]) => `${phase} ${seconds.toFixed(1)} s`).join(', ')}`);
  }
  return [
    table('from nothing, s', phases),
    table('memory, MiB', memory),
    table('processor time until then, s', cpu),
    table('a node beside its host', speed),
    table('storage, MiB/s', storage),
  ].join('\n');
};
