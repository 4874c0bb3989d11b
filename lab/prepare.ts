import { join } from 'node:path';
import { timeOf } from '../e2e/machine/times.ts';
import { baseImageArtifact } from './build/base-image.ts';
import { browserArtifact } from './build/browser.ts';
import { describeKernelDifference, fetchKernel, kernelArtifact } from './build/kernel.ts';
import { kubeBinary, kubernetesArtifact } from './build/kubernetes.ts';
import { nodeRootArtifact } from './build/node-root.ts';
import { s3ServerArtifact } from './build/s3-server.ts';
import { buildSignal, withBuildSignal } from './build/signal.ts';
import { snapshotControllerArtifact } from './build/snapshot-controller.ts';
import { toolsArtifact, toolsPath } from './build/tools.ts';
import { type CachedArtifact, ensureCached, isCached } from './cache/cache.ts';
import { coreImagesArtifact, podSystemArtifact, storeArchiveArtifact } from './images/core.ts';
import type { PreparedLab } from './run/settings.ts';
import { type StepRunner, withProgress } from './step.ts';

/** The archives in the nodes' image, in order. */
const imported = async (archives: readonly CachedArtifact[]): Promise<CachedArtifact[]> => [
  await coreImagesArtifact(),
  await storeArchiveArtifact(),
  ...archives,
];

/** Whether the cache has the nodes' image for these archives. The other artifacts of a lab are small. */
const isPrepared = async (archives: readonly CachedArtifact[] = []): Promise<boolean> =>
  isCached(await baseImageArtifact(await imported(archives)));

/** The GiB that all parts of a lab take at most while they are built, with Go's caches. */
export const SPACE_OF_ALL = 6;

/** The GiB that a nodes' image with one more archive takes, with the archive. */
const SPACE_OF_IMAGE = 3;

/** The GiB that the parts of a lab which the cache lacks take at most while they are built. */
export const spaceToBuild = async (archives: readonly CachedArtifact[] = []): Promise<number> => {
  if (!(await isCached(await kubernetesArtifact()))) return SPACE_OF_ALL;
  if (await isPrepared(archives)) return 0;
  const all = await imported(archives);
  const images = all.map(async (_, position) =>
    isCached(await baseImageArtifact(all.slice(0, position + 1))),
  );
  const missing = (await Promise.all(images)).filter((is) => !is).length;
  return Math.min(SPACE_OF_ALL, missing * SPACE_OF_IMAGE);
};

/** The time to build all artifacts of a lab, for documents and output. */
export const buildTime = (): string => `${timeOf('build')} on two processors`;

export const browserTitle = 'Fetch Chromium (about 180 MB)';

/** Builds an artifact as a separate step. An artifact in the cache gets no step. */
const build = async (step: StepRunner, title: string, artifact: CachedArtifact): Promise<string> =>
  (await isCached(artifact)) ? ensureCached(artifact) : step(title, () => ensureCached(artifact));

/**
 * The artifacts that only the nodes' image needs, with the titles of their steps. If the cache has the image, it
 * may lack these.
 */
const artifactsOfImage = async (archives: readonly CachedArtifact[]): Promise<[string, CachedArtifact][]> => {
  const all = await imported(archives);
  const artifacts: [string, CachedArtifact][] = [
    ["Make the nodes' root file system", await nodeRootArtifact()],
  ];
  for (const [position, archive] of all.entries()) {
    artifacts.push([`Pack the images: ${archive.name}`, archive]);
    artifacts.push([
      `Import into the nodes' image: ${archive.name}`,
      await baseImageArtifact(all.slice(0, position + 1)),
    ]);
  }
  return artifacts;
};

/**
 * Prints how many artifacts the cache lacks. Returns a step runner that numbers them and reports their progress:
 * the first run takes minutes, and must not look as if it hung.
 */
const numbered = async (
  step: StepRunner,
  { archives, besides }: { archives: readonly CachedArtifact[]; besides: readonly CachedArtifact[] },
): Promise<StepRunner> => {
  const binaries = await kubernetesArtifact();
  const ofImage = (await isPrepared(archives)) ? [] : await artifactsOfImage(archives);
  const needed = [
    binaries,
    toolsArtifact,
    await kernelArtifact(),
    ...besides,
    ...(ofImage.length > 0 ? [podSystemArtifact, await s3ServerArtifact()] : []),
  ];
  const whole = await Promise.all([...needed, ...ofImage.map(([, artifact]) => artifact)].map(isCached));
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
 * Builds what the cache lacks for a lab whose nodes have these image archives in addition to the core ones. Kubernetes
 * is compiled during downloads: one needs processors, the other the network. The nodes' image needs mostly one
 * processor, so the S3 server is compiled meanwhile. With `withBrowser`, a browser is fetched too; with `withSnapshots`,
 * the snapshot controller is compiled.
 */
export const prepareLab = async (
  runStep: StepRunner,
  archives: readonly CachedArtifact[] = [],
  { withBrowser = false, withSnapshots = false } = {},
): Promise<PreparedLab> => {
  const browser = withBrowser ? [browserArtifact()] : [];
  const controller = withSnapshots ? await snapshotControllerArtifact() : undefined;
  const besides = [...browser, ...(controller === undefined ? [] : [controller])];
  const step = await numbered(runStep, { archives, besides });
  const binaries = await kubernetesArtifact();
  await atOnce([
    async () => {
      await build(step, 'Compile Kubernetes and CoreDNS', binaries);
      if (controller !== undefined) await build(step, 'Compile the snapshot controller', controller);
    },
    async () => {
      await build(step, 'Fetch the tools (etcd, nft, ip, ...)', toolsArtifact);
      if (!(await isCached(await kernelArtifact())))
        await step('Fetch the User-Mode Linux kernel', () => fetchKernel());
      if (!(await isPrepared(archives)))
        await build(step, "Fetch the pods' system (nfs-ganesha, ...)", podSystemArtifact);
      for (const artifact of browser) await build(step, browserTitle, artifact);
    },
  ]);
  // The image depends on the kernel, because it contains the kernel's modules.
  if (!(await isPrepared(archives))) {
    const server = await s3ServerArtifact();
    const artifacts = await artifactsOfImage(archives);
    await atOnce([
      () => build(step, 'Compile the S3 server of backup stores', server),
      async () => {
        for (const [title, artifact] of artifacts) await build(step, title, artifact);
      },
    ]);
  }
  const image = await ensureCached(await baseImageArtifact(await imported(archives)));
  const kernelDir = await ensureCached(await kernelArtifact());
  const difference = await describeKernelDifference(kernelDir);
  if (difference !== undefined) process.stderr.write(`lab: ${difference}\n`);
  return {
    image: join(image, 'root.ext4'),
    kube: await kubeBinary(),
    tools: await toolsPath(),
    kernel: kernelDir,
    ...(controller && { snapshotController: await ensureCached(controller) }),
  };
};
