import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { leftOver, machineState } from './left-over.ts';
import { killVictim, pids, type Victim, victims } from './victim.ts';

/** What a run that was cut short came to. */
type Cut = {
  what: string;
  atSeconds: number;
  during: string;
  ended: string;
  afterSeconds: number;
  left: string[];
};

/**
 * A run takes at most this long from the cut to its end; the benchmark owns this time-out and ends the run's
 * group then.
 */
const END_MS = 180_000;

/**
 * Starts `npm run e2e`, cuts it short at a moment (seconds from its start), waits for its end, and looks at
 * what is left.
 */
const cutShort = async (how: Victim | 'Ctrl-C', atSeconds: number): Promise<Cut> => {
  const out = await mkdtemp(join(tmpdir(), 'corral-kills-'));
  const before = { state: machineState(), pids: pids() };
  // As at a terminal: Ctrl-C goes to the whole group.
  const run = spawn('npm', ['run', '--silent', 'e2e', '--', '--tags', 'free-running', '--out', out], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(run, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const over = new AbortController();
  exited.finally(() => over.abort());
  let said = '';
  for (const stream of [run.stdout, run.stderr])
    stream.on('data', (text: Buffer) => (said = `${said}${text}`.slice(-2_000)));
  const start = performance.now();
  const since = () => (performance.now() - start) / 1000;
  await delay(atSeconds * 1000, undefined, { signal: over.signal }).catch(() => {});
  let cut = !over.signal.aborted;
  if (how === 'Ctrl-C' && cut) process.kill(-(run.pid as number), 'SIGINT');
  else if (how !== 'Ctrl-C') cut = await killVictim(how, before.pids, over.signal);
  const at = since();
  const during = said.trim().split('\n').at(-1)?.trim() ?? '';
  const timer = setTimeout(() => process.kill(-(run.pid as number), 'SIGKILL'), END_MS);
  const [code, signal] = await exited;
  clearTimeout(timer);
  const afterSeconds = since() - at;
  await rm(out, { recursive: true });
  const left = await leftOver(before.state);
  const what = cut ? (how === 'Ctrl-C' ? how : `kill -9 ${how}`) : `${how}: the run was over`;
  return {
    what,
    atSeconds: at,
    during: during.slice(0, 60),
    ended: String(code ?? signal),
    afterSeconds,
    left,
  };
};

/** A run of one scenario takes about this long; moments are spread over it. */
const RUN_SECONDS = 85;

type Cuts = { kills: number; interrupts: number; print: (line: string) => void };

/** Cuts so many runs short at random moments, and prints what each left; 1 when something was left. */
export const benchKills = async ({ kills, interrupts, print }: Cuts): Promise<number> => {
  const cuts = [
    ...Array.from({ length: kills }, (_, index) => victims[index % victims.length] ?? 'e2e'),
    ...Array<'Ctrl-C'>(interrupts).fill('Ctrl-C'),
  ];
  const row = (...cells: string[]) => print(`| ${cells.join(' | ')} |`);
  row('cut short by', 'at, s', 'during', 'exit code', 'ended after, s', 'left');
  row('---', '--:', '---', '--:', '--:', '---');
  let dirty = 0;
  for (const how of cuts) {
    const { what, atSeconds, during, ended, afterSeconds, left } = await cutShort(
      how,
      Math.random() * RUN_SECONDS,
    );
    if (left.length > 0) dirty += 1;
    row(
      what,
      atSeconds.toFixed(1),
      during.replaceAll('|', '/'),
      ended,
      afterSeconds.toFixed(1),
      left.join('; ') || 'nothing',
    );
  }
  return dirty === 0 ? 0 : 1;
};
