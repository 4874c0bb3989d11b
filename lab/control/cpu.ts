import { allProcesses } from '../../e2e/machine/process-stat.ts';
import type { RunningNode } from '../run/nodes.ts';
import { processGroupOf } from '../run/process-group.ts';
import type { LabAction, LabContext } from './context.ts';
import { runInNode } from './in-node.ts';

/** The script reports CPU time in the unit of /proc and of the records of acct(5): hundredths of a second. */
const TICKS = 100;

/** CPU seconds by component. */
type Seconds = Map<string, number>;

/** The components of the processes outside the nodes, by the lab's names for them. All other names are not counted. */
const ofControlPlane = new Map(
  ['kube-apiserver', 'etcd', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'].map((name) => [
    name,
    name === 'kube-apiserver' || name === 'etcd'
      ? 'API server and etcd'
      : 'controllers, scheduler, kube-proxy',
  ]),
);

/** The components of the programs in a node, by the process name, of which the kernel keeps 15 characters. */
const ofPrograms: readonly (readonly [component: string, name: RegExp])[] = [
  ['node kernels', /^\[kernel\]$/],
  ['kubelets', /^kubelet$/],
  // All that starts and ends containers, including their network.
  ['containerd', /^(containerd|crun|runc|\d+$|exe$|pause$|bridge$|host-local$|loopback$|portmap$)/],
  ['managers', /^longhorn-manage/],
  ['engine commands, recurring jobs, killed managers', /^(longhorn|ended node)$/],
  ['Longhorn UI', /^longhorn-ui/],
  ['store servers', /^(ganesha|versitygw|s3-faults|smbd)/],
];

const componentOf = (program: string): string =>
  ofPrograms.find(([, name]) => name.test(program))?.[0] ?? 'other programs of the nodes';

/**
 * Prints ticks and names of a node's processes, one per line. The records of acct(5) have ended processes,
 * /proc has running ones. A Node process has the name of any of its threads, and the records have neither its
 * parent nor its arguments. So a running one is named after its script, and an ended one is `ended node`.
 * Kernel threads are children of process 2.
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
    (undef, $name) = grep { !/^-/ } split /\0/, whole("$folder/cmdline");
    $name =~ s/.*\///;
  }
  report($fields[11] + $fields[12], $fields[1] == 2 ? '[kernel]' : $name);
}
END`;

const programsOf = async (context: LabContext, node: RunningNode): Promise<Seconds> => {
  const seconds: Seconds = new Map();
  for (const line of (await runInNode(context, node, script)).trim().split('\n')) {
    const [, ticks = '', name = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    const component = componentOf(name);
    seconds.set(component, (seconds.get(component) ?? 0) + Number(ticks) / TICKS);
  }
  return seconds;
};

/** CPU seconds by process group, including children that ended and were waited for. */
const secondsByGroup = async (): Promise<Map<number, number>> => {
  const seconds = new Map<number, number>();
  for (const { group, ownSeconds, childrenSeconds } of await allProcesses())
    seconds.set(group, (seconds.get(group) ?? 0) + ownSeconds + childrenSeconds);
  return seconds;
};

/** A reading of a process group: its CPU time, and the time of its programs by their own clock. */
type Reading = { seconds: number; programs: Seconds };

const last = new Map<number, Reading>();

const nothing: Reading = { seconds: 0, programs: new Map() };

/** The increase since the last reading of a group. */
const since = (group: number, { seconds, programs }: Reading): Reading => {
  const before = last.get(group) ?? nothing;
  last.set(group, { seconds, programs });
  const added = [...programs].map(
    ([component, each]) => [component, Math.max(0, each - (before.programs.get(component) ?? 0))] as const,
  );
  return { seconds: Math.max(0, seconds - before.seconds), programs: new Map(added) };
};

/**
 * The CPU seconds of the lab since the last call, or since its start, by component. A node's time is that of its
 * processes on this machine. It is divided in proportion to the times of its programs by the node's clock,
 * which also counts the time that the node waited for the machine.
 */
export const cpuByComponent: LabAction = async (context) => {
  const { nodes, processes } = context;
  const taken: Record<string, number> = {};
  const add = (component: string, seconds: number): void => {
    taken[component] = (taken[component] ?? 0) + seconds;
  };
  const groups = await secondsByGroup();
  for (const [group, name] of processes.groups) {
    const component = ofControlPlane.get(name);
    if (component !== undefined)
      add(component, since(group, { seconds: groups.get(group) ?? 0, programs: nothing.programs }).seconds);
  }
  await Promise.all(
    nodes.map(async (node) => {
      const group = processGroupOf(node);
      const { seconds, programs } = since(group, {
        seconds: groups.get(group) ?? 0,
        programs: await programsOf(context, node),
      });
      const all = [...programs.values()].reduce((sum, each) => sum + each, 0);
      for (const [component, each] of programs) add(component, all === 0 ? 0 : (seconds * each) / all);
    }),
  );
  const { user, system } = process.cpuUsage();
  add('lab', since(process.pid, { seconds: (user + system) / 1e6, programs: nothing.programs }).seconds);
  return taken;
};
