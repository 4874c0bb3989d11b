import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { allowedCpus } from '../../lab/run/allowed-cpus.ts';
import { processGroupMembers } from '../../lab/run/process-group.ts';
import {
  chooseMove,
  idleByCpu,
  parseCpuTimes,
  pinProcessGroup,
  readCpuTimes,
} from '../../lab/run/spread-nodes.ts';

const idle = (...parts: number[]) => new Map(parts.entries());
const node = (group: number, cpu: number | undefined, moved = 0) => ({ group, cpu, moved });

test('of two nodes on a short CPU the one that has been there for longest goes to the one with time to spare', () => {
  const nodes = [node(1, 0, 20), node(2, 1, 5), node(3, 0, 10)];
  expect(chooseMove(idle(0.01, 0.4), nodes)).toEqual({ node: nodes[2], to: 1 });
  expect(chooseMove(idle(0.01, 0.2, 0.4), nodes)).toEqual({ node: nodes[2], to: 2 });
});

test.each([
  ['no CPU is short', idle(0.06, 0.9), [node(1, 0), node(2, 0)]],
  ['a node is alone on the short one', idle(0, 0.9), [node(1, 0), node(2, 1), node(3, 1)]],
])('none is moved where %s', (_, parts, nodes) => {
  expect(chooseMove(parts, nodes)).toBeUndefined();
});

test('the times of /proc/stat are those of each CPU, without what guests had', () => {
  const text = (idle0: number) =>
    `cpu  1 2 3 4\ncpu0 10 1 5 ${idle0} 2 0 1 0 7 0\ncpu11 1 1 1 1 1 1 1 1 0 0\nintr 1\n`;
  const [before, after] = [parseCpuTimes(text(100)), parseCpuTimes(text(150).replace('cpu0 10', 'cpu0 60'))];
  expect(before.get(0)).toEqual({ idle: 102, all: 119 });
  expect(idleByCpu(before, after)).toEqual(new Map([[0, 0.5]]));
  expect([...readCpuTimes().keys()]).toEqual(expect.arrayContaining(allowedCpus()));
});

test('all processes of a group are moved, and what they start from then on is there too', async () => {
  const cpu = allowedCpus().at(-1) as number;
  const leader = spawn('sh', ['-c', 'sleep 1000 & echo; read -r _; sleep 1000 & echo; wait'], {
    detached: true,
  });
  const group = leader.pid as number;
  onTestFinished(() => void process.kill(-group, 'SIGKILL'));
  await once(leader.stdout, 'data');
  await pinProcessGroup(group, cpu);
  leader.stdin.end('\n');
  await once(leader.stdout, 'data');
  const members = await processGroupMembers(group);
  expect(members).toHaveLength(3);
  expect(members.map(({ pid }) => allowedCpus(pid))).toEqual([[cpu], [cpu], [cpu]]);
});
