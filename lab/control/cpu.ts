import { allProcesses } from '../../e2e/machine/process-stat.ts';
import type { RunningNode } from '../run/nodes.ts';
import { groupOf } from '../run/process-group.ts';
import type { LabAction, LabContext } from './context.ts';
import { inNode } from './in-node.ts';

/** The script counts CPU time as /proc and the records of acct(5) do: in hundredths of a second. */
const TICKS = 100;

/** CPU seconds by part. */
type Seconds = Map<string, number>;

/** The part of a process beside the nodes, by the name that the lab gave it; its own name for any other. */
const ofControlPlane = new Map(
  ['kube-apiserver', 'etcd', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'].map((name) => [
    name,
    name === 'kube-apiserver' || name === 'etcd'
      ? 'API server and etcd'
      : 'controllers, scheduler, kube-proxy',
  ]),
);

/** The part of a program in a node, by the name of its process, of which the kernel keeps 15 characters. */
const ofPrograms: readonly (readonly [part: string, name: RegExp])[] = [
  ['node kernels', /^\[kernel\]$/],
  ['kubelets', /^kubelet$/],
  // All that starts and ends containers, their network among it.
  ['containerd', /^(containerd|crun|runc|\d+$|exe$|pause$|bridge$|host-local$|loopback$|portmap$)/],
  ['managers', /^longhorn-manage/],
  ['engine commands, recurring jobs, killed managers', /^(longhorn|ended node)$/],
  ['Longhorn UI', /^longhorn-ui/],
  ['store servers', /^(ganesha|versitygw|s3-faults|smbd)/],
];

const partOf = (program: string): string =>
  ofPrograms.find(([, name]) => name.test(program))?.[0] ?? 'other programs of the nodes';

/**
 * Ticks and names of a node's processes, one a line. What has ended is in the records of acct(5), what has not
 * in /proc. A Node is called after any of its threads, and the records say neither by whom nor with what it was
 * started: one that runs is named by its script, one that has ended is `ended node`. Threads of the kernel are
 * children of process 2.
 */
const script = String.raw`
exec perl - << 'END'
use strict;
my $isNode = qr/^(node|MainThread|SignalInspector|V8Worker|DelayedTask|libuv-worker)/;
sub report { printf "%d %s\n", @_ }
open(my $records, '-|', 'dump-acct', '/run/acct') or die "dump-acct: $!";
while (<$records>) {
  my ($name, undef, $user, $system) = split /\s*\|\s*/;
  report($user + $system, $name =~ $isNode ? 'ended node' : $name);
}
close($records) or die "dump-acct ended with $?";
sub whole { open(my $file, '<', $_[0]) or return ''; local $/; <$file> // '' }
for my $folder (glob '/proc/[0-9]*') {
  my ($name, $rest) = whole("$folder/stat") =~ /^\d+ \((.*)\) (.*)/s or next;
  my @fields = split ' ', $rest;
  if ($name =~ $isNode) {
    (undef, $name) = split /\0/, whole("$folder/cmdline");
    $name =~ s/.*\///;
  }
  report($fields[11] + $fields[12], $fields[1] == 2 ? '[kernel]' : $name);
}
END`;

const programsOf = async (context: LabContext, node: RunningNode): Promise<Seconds> => {
  const seconds: Seconds = new Map();
  for (const line of (await inNode(context, node, script)).trim().split('\n')) {
    const [, ticks = '', name = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    const part = partOf(name);
    seconds.set(part, (seconds.get(part) ?? 0) + Number(ticks) / TICKS);
  }
  return seconds;
};

/** By process group, the children that ended and were waited for among it. */
const secondsByGroup = async (): Promise<Map<number, number>> => {
  const seconds = new Map<number, number>();
  for (const { group, ownSeconds, childrenSeconds } of await allProcesses())
    seconds.set(group, (seconds.get(group) ?? 0) + ownSeconds + childrenSeconds);
  return seconds;
};

/** What was read of a process group: its time, and what programs in it took by their own clock. */
type Reading = { seconds: number; programs: Seconds };

const last = new Map<number, Reading>();

const nothing: Reading = { seconds: 0, programs: new Map() };

/** What was added since the last reading of a group. */
const since = (group: number, { seconds, programs }: Reading): Reading => {
  const before = last.get(group) ?? nothing;
  last.set(group, { seconds, programs });
  const added = [...programs].map(
    ([part, each]) => [part, Math.max(0, each - (before.programs.get(part) ?? 0))] as const,
  );
  return { seconds: Math.max(0, seconds - before.seconds), programs: new Map(added) };
};

/**
 * The CPU seconds that the lab has taken since this was asked last, or since it was started, by part. A node's
 * are those of its processes on this machine, shared out by what its programs took by the node's clock: that
 * one also counts the time that the node waited for the machine.
 */
export const cpuByPart: LabAction = async (context) => {
  const { nodes, processes } = context;
  const taken: Record<string, number> = {};
  const add = (part: string, seconds: number): void => {
    taken[part] = (taken[part] ?? 0) + seconds;
  };
  const groups = await secondsByGroup();
  for (const [group, name] of processes.groups) {
    const part = ofControlPlane.get(name);
    if (part !== undefined)
      add(part, since(group, { seconds: groups.get(group) ?? 0, programs: nothing.programs }).seconds);
  }
  await Promise.all(
    nodes.map(async (node) => {
      const group = groupOf(node);
      const { seconds, programs } = since(group, {
        seconds: groups.get(group) ?? 0,
        programs: await programsOf(context, node),
      });
      const all = [...programs.values()].reduce((sum, each) => sum + each, 0);
      for (const [part, each] of programs) add(part, all === 0 ? 0 : (seconds * each) / all);
    }),
  );
  const { user, system } = process.cpuUsage();
  add('lab', since(process.pid, { seconds: (user + system) / 1e6, programs: nothing.programs }).seconds);
  return taken;
};
