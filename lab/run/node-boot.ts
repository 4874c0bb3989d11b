import { createServer } from 'node:net';
import { basename } from 'node:path';
import type { Duplex } from 'node:stream';
import type { PlacedKernel } from '../build/kernel.ts';
import { allowedCpus } from './allowed-cpus.ts';
import { connectNodeAgent, type NodeAgent } from './node-agent.ts';
import type { Processes, RunningProcess } from './processes.ts';
import { type LabSettings, labFiles } from './settings.ts';
import { type LabNode, linkMtu } from './topology.ts';

/** The link in the lab's folder to the root image of all nodes. */
export const rootLink = 'root.ext4';

/** A booted node. */
export type BootedNode = {
  process: RunningProcess;
  agent: NodeAgent;
  /** The terminal of its root shell. */
  console: Duplex;
};

/**
 * Connects clients of a socket, one at a time, to a node's root shell. `current` returns the shell of the
 * node's latest boot.
 */
export const serveConsole = (path: string, current: () => Duplex): void => {
  createServer((client) => {
    const stream = current();
    client.on('error', () => client.destroy());
    client.pipe(stream, { end: false });
    stream.pipe(client, { end: false });
    client.on('close', () => {
      client.unpipe(stream);
      stream.unpipe(client);
      stream.resume();
    });
  }).listen(path);
};

/**
 * Boots a node: a User-Mode Linux kernel as one process. Its root is copy-on-write over the root image. Its
 * second disk (read-only) has its identity. Its third disk is /var/lib/longhorn. Written data survive to the
 * next boot. The node is pinned to one CPU, in turn over the CPUs that the lab may use (see spread-nodes.ts):
 * a system call took 6.5 us in a pinned node, and 44 us otherwise.
 */
export const bootNode = (
  settings: LabSettings,
  node: LabNode,
  options: { kernel: PlacedKernel; files: string; disk: string; processes: Processes },
): BootedNode => {
  const { dir, memory } = settings;
  const cpus = allowedCpus();
  const cpu = cpus[(node.index - 1) % cpus.length];
  const arguments_ = [
    `mem=${memory}`,
    ...options.kernel.flags,
    // Relative to the lab's folder, which is the working directory: a kernel splits its arguments at spaces,
    // and a cache's path may contain one.
    `ubd0=${node.name}.cow,${rootLink}`,
    `ubd1r=${basename(options.files)}`,
    `ubd2=${basename(options.disk)}`,
    'root=/dev/ubda',
    'rw',
    'init=/usr/sbin/lab-init',
    // The same at each boot, as a machine's: to the old one others would send for 15 s more.
    `vec0:transport=raw,ifname=${node.link},depth=128,gro=1,mtu=${linkMtu},mac=02:00:00:00:00:0${node.index}`,
    'con=null',
    'con0=null,fd:1',
    'con1=fd:3',
    'con2=fd:4',
    // Relative, because it contains a socket and a socket's path must be short.
    'uml_dir=memory/',
    `umid=${node.name}`,
  ];
  const booted = options.processes.start(
    node.name,
    'taskset',
    ['-c', String(cpu), options.kernel.path, ...arguments_],
    {
      env: { ...process.env, TMPDIR: labFiles(dir).memory },
      channels: 2,
      // Lower priority than the control plane and its clients: those are few, and everything waits for them.
      lowPriority: true,
    },
  );
  const [, , , console, commands] = booted.child.stdio as unknown as Duplex[];
  if (console === undefined || commands === undefined) throw new Error(`${node.name} has no consoles`);
  console.on('error', () => console.destroy());
  console.resume();
  return { process: booted, console, agent: connectNodeAgent(node.name, commands) };
};
