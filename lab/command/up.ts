import { InvalidArgumentError } from 'commander';
import { printLines } from '../../e2e/kube/print-lines.ts';
import { withBuildSignal } from '../build/signal.ts';
import type { CachedArtifact } from '../cache/cache.ts';
import { imageArchives } from '../images/archives.ts';
import { applyManifests } from '../manifests/apply.ts';
import { type Manifest, readManifests } from '../manifests/read.ts';
import type { Lab } from '../run/start.ts';
import { defaultSize, type LabSize } from '../size.ts';
import type { StepRunner } from '../step.ts';
import { buildAndStartLab } from '../up.ts';
import { type Commands, Interrupted, labInterruptedExitCode } from './commands.ts';

type Flags = LabSize & { name: string; images?: string[]; manifest?: string[] };

const nodeCount = (value: string): number => {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1 || count > 8)
    throw new InvalidArgumentError('a lab has 1 to 8 nodes.');
  return count;
};

const bytes =
  (least: number) =>
  (value: string): string => {
    const [, number, unit] = /^(\d+)([MG])$/.exec(value) ?? [];
    const mebibytes = Number(number) * (unit === 'G' ? 1024 : 1);
    if (number === undefined || mebibytes < least)
      throw new InvalidArgumentError(`give it as 2048M or 12G, ${least}M or more.`);
    return value;
  };

type StepContext = { step: StepRunner; signal: AbortSignal };

const readArchives = async (
  paths: readonly string[],
  { step, signal }: StepContext,
): Promise<CachedArtifact[]> => {
  if (paths.length === 0) return [];
  const { artifact } = await step('Read the image archives', () =>
    withBuildSignal(signal, () => imageArchives(paths)),
  );
  return [artifact];
};

const applyAll = async (
  lab: Lab,
  manifests: readonly Manifest[],
  { step, signal }: StepContext,
): Promise<void> => {
  try {
    const what = manifests.length === 1 ? manifests[0]?.source : `${manifests.length} manifests`;
    await step(`Apply ${what}`, () => applyManifests({ kubeconfig: lab.kubeconfig, manifests, signal }));
  } catch (error) {
    await lab.stop();
    // An interrupted watch throws another error, so the signal's reason is thrown first.
    signal.throwIfAborted();
    throw error;
  }
};

/**
 * Aborts at the first signal that ends a process. The second one exits at once. Always listens: a listener of
 * execa ends the process if it is the only one left, as it is after a one-time listener.
 */
const untilInterrupted = (): AbortSignal => {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (interrupted.signal.aborted) process.exit(labInterruptedExitCode);
      interrupted.abort(new Interrupted(signal));
    });
  return interrupted.signal;
};

const startAndReport = async (
  { name, images = [], manifest = [], ...size }: Flags,
  step: StepRunner,
): Promise<void> => {
  const signal = untilInterrupted();
  // Read first, so that errors in them are reported before anything is built or booted.
  const manifests = await readManifests(manifest);
  const archives = await readArchives(images, { step, signal });
  const lab = await buildAndStartLab({ name, ...size, archives, step, signal });
  if (manifests.length > 0) await applyAll(lab, manifests, { step, signal });
  lab.keep();
  printLines(
    `The lab ${name} is up:`,
    `  export KUBECONFIG=${lab.kubeconfig}`,
    `  npx corral lab down${name === 'lab' ? '' : ` --name ${name}`}`,
  );
};

/** `lab up`: builds what is missing and starts a lab. */
export const upCommand = ({ onLab, step }: Commands): void => {
  onLab('up', 'build what is missing and start a lab')
    .option('--nodes <count>', 'how many nodes, 1 to 8', nodeCount, defaultSize.nodes)
    .option('--memory <size>', 'memory of each node', bytes(512), defaultSize.memory)
    .option(
      '--disk <size>',
      "size of each node's disk at /var/lib/longhorn; it takes room on this machine as it is written",
      bytes(256),
      defaultSize.disk,
    )
    .option(
      '--images <path...>',
      'image archives (docker save or OCI), or folders of them, to load into the nodes',
    )
    .option('--manifest <file...>', 'manifests to apply, in this order, when the nodes are Ready')
    .action((flags: Flags) => startAndReport(flags, step));
};
