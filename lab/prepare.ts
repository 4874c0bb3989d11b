import { join } from 'node:path';
import { timeOf } from '../e2e/machine/times.ts';
import { baseImagePart } from './build/base-image.ts';
import { browserPart } from './build/browser.ts';
import { describeKernelDifference, fetchKernel, kernelPart } from './build/kernel.ts';
import { kubeBinary, kubernetesPart } from './build/kubernetes.ts';
import { nodeRootPart } from './build/node-root.ts';
import { s3ServerPart } from './build/s3-server.ts';
import { buildSignal, withBuildSignal } from './build/signal.ts';
import { toolsPart, toolsPath } from './build/tools.ts';
import { ensureCached, isCached, type Part } from './cache/cache.ts';
import { coreImagesPart, podSystemPart, storeArchivePart } from './images/core.ts';
import { type StepRunner, withProgress } from './step.ts';

/**
 * What a lab is started with: the nodes' root image, the `kube` binary, the folder of the tools' commands,
 * and the folder of the nodes' kernel.
 */
export type PreparedLab = { image: string; kube: string; tools: string; kernel: string };

/** The archives in the nodes' image, in order. */
const imported = async (archives: readonly Part[]): Promise<Part[]> => [
  await coreImagesPart(),
  await storeArchivePart(),
  ...archives,
];

/** Whether the cache has the nodes' image for these archives. The other parts of a lab are small. */
export const isPrepared = async (archives: readonly Part[] = []): Promise<boolean> =>
  isCached(await baseImagePart(await imported(archives)));

/** The time to build all parts of a lab, for documents and output. */
export const buildTime = (): string => `${timeOf('build')} on two processors`;

export const browserTitle = 'Fetch Chromium (about 180 MB)';

/** Builds a part as a separate step. A part in the cache gets no step. */
const build = async (step: StepRunner, title: string, part: Part): Promise<string> =>
  (await isCached(part)) ? ensureCached(part) : step(title, () => ensureCached(part));

/**
 * The parts that only the nodes' image needs, with the titles of their steps. If the cache has the image, it
 * may lack these.
 */
const partsOfImage = async (archives: readonly Part[]): Promise<[string, Part][]> => {
  const all = await imported(archives);
  const parts: [string, Part][] = [["Make the nodes' root file system", await nodeRootPart()]];
  for (const [position, archive] of all.entries()) {
    parts.push([`Pack the images: ${archive.name}`, archive]);
    parts.push([
      `Import into the nodes' image: ${archive.name}`,
      await baseImagePart(all.slice(0, position + 1)),
    ]);
  }
  return parts;
};

/**
 * Prints how many parts the cache lacks. Returns a step runner that numbers them and reports their progress:
 * the first run takes minutes, and must not look as if it hung.
 */
const numbered = async (
  step: StepRunner,
  { archives, besides }: { archives: readonly Part[]; besides: readonly Part[] },
): Promise<StepRunner> => {
  const binaries = await kubernetesPart();
  const ofImage = (await isPrepared(archives)) ? [] : await partsOfImage(archives);
  const needed = [
    binaries,
    toolsPart,
    await kernelPart(),
    ...besides,
    ...(ofImage.length > 0 ? [podSystemPart, await s3ServerPart()] : []),
  ];
  const whole = await Promise.all([...needed, ...ofImage.map(([, part]) => part)].map(isCached));
  const all = whole.filter((is) => !is).length;
  if (!(await isCached(binaries)))
    process.stderr.write(`lab: ${all} parts are built first, once: ${buildTime()}\n`);
  let begun = 0;
  return (title, work) =>
    step(`[${++begun}/${all}] ${title}`, (update) => withProgress(update, () => work(update)));
};

/** Runs independent builds in parallel. If one fails, the others are ended first, and then this throws. */
const atOnce = async (works: readonly (() => Promise<unknown>)[]): Promise<void> => {
  const failed = new AbortController();
  const outer = buildSignal();
  const all = withBuildSignal(AbortSignal.any([failed.signal, ...(outer ? [outer] : [])]), async () =>
    works.map((work) => work()),
  );
  try {
    await Promise.all(await all);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(await all);
    throw error;
  }
};

/**
 * Builds what the cache lacks for a lab whose nodes have these image archives in addition to the core ones.
 * Kubernetes is compiled during downloads: one needs processors, the other the network. The nodes' image
 * needs mostly one processor, so the S3 server is compiled meanwhile. With `withBrowser`, a browser is
 * fetched too.
 */
export const prepareLab = async (
  runStep: StepRunner,
  archives: readonly Part[] = [],
  { withBrowser = false } = {},
): Promise<PreparedLab> => {
  const besides = withBrowser ? [browserPart()] : [];
  const step = await numbered(runStep, { archives, besides });
  const binaries = await kubernetesPart();
  await atOnce([
    () => build(step, 'Compile Kubernetes and CoreDNS', binaries),
    async () => {
      await build(step, 'Fetch the tools (etcd, nft, ip, ...)', toolsPart);
      if (!(await isCached(await kernelPart())))
        await step('Fetch the User-Mode Linux kernel', () => fetchKernel());
      if (!(await isPrepared(archives)))
        await build(step, "Fetch the pods' system (nfs-ganesha, ...)", podSystemPart);
      for (const part of besides) await build(step, browserTitle, part);
    },
  ]);
  // The image depends on the kernel, because it contains the kernel's modules.
  if (!(await isPrepared(archives))) {
    const server = await s3ServerPart();
    const parts = await partsOfImage(archives);
    await atOnce([
      () => build(step, 'Compile the S3 server of backup stores', server),
      async () => {
        for (const [title, part] of parts) await build(step, title, part);
      },
    ]);
  }
  const image = await ensureCached(await baseImagePart(await imported(archives)));
  const kernelDir = await ensureCached(await kernelPart());
  const difference = await describeKernelDifference(kernelDir);
  if (difference !== undefined) process.stderr.write(`lab: ${difference}\n`);
  return {
    image: join(image, 'root.ext4'),
    kube: await kubeBinary(),
    tools: await toolsPath(),
    kernel: kernelDir,
  };
};
