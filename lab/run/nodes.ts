import { open, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlacedKernel } from '../build/kernel.ts';
import { type BootedNode, bootNode, rootLink, serveConsole } from './node-boot.ts';
import { writeNodeFiles } from './node-files.ts';
import type { Processes } from './processes.ts';
import { type LabSettings, labSockets } from './settings.ts';
import type { LabNode } from './topology.ts';

/** One of the lab's nodes, across its boots. */
export type RunningNode = LabNode & {
  /** Its latest boot. */
  current: () => BootedNode;
  /** Kills its kernel, like a power failure. Resolves when it has ended. */
  crash: () => Promise<void>;
  /** Boots it again from its disks. */
  boot: () => void;
};

const bytesOf = (size: string): number =>
  Number(size.slice(0, -1)) * (size.endsWith('G') ? 2 ** 30 : 2 ** 20);

const makeDisk = async (file: string, size: string): Promise<void> => {
  const disk = await open(file, 'w');
  await disk.truncate(bytesOf(size));
  await disk.close();
};

/** Boots all nodes of a lab for the first time. */
export const bootNodes = async (
  settings: LabSettings,
  nodes: readonly LabNode[],
  { kernel, processes }: { kernel: PlacedKernel; processes: Processes },
): Promise<RunningNode[]> => {
  await symlink(settings.image, join(settings.dir, rootLink));
  return Promise.all(
    nodes.map(async (node) => {
      const disk = join(settings.dir, `${node.name}.disk`);
      const [files] = await Promise.all([
        writeNodeFiles(settings, node, nodes),
        makeDisk(disk, settings.disk),
      ]);
      const boot = () => bootNode(settings, node, { kernel, files, disk, processes });
      let booted = boot();
      serveConsole(labSockets.console(node.name), () => booted.console);
      return {
        ...node,
        current: () => booted,
        crash: () => booted.process.kill(),
        boot: () => {
          booted = boot();
        },
      };
    }),
  );
};
