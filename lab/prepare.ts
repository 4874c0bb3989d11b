import { join } from 'node:path';
import { timeOf } from '../e2e/machine/times.ts';
import { baseImage } from './build/base-image.ts';
import { browser } from './build/browser.ts';
import { fetchKernel, kernel, kernelDifference } from './build/kernel.ts';
import { kubeBinary, kubernetes } from './build/kubernetes.ts';
import { nodeRoot } from './build/node-root.ts';
import { s3ServerPart } from './build/s3-server.ts';
import { buildingUntil, buildSignal } from './build/signal.ts';
import { tools, toolsPath } from './build/tools.ts';
import { cached, isCached, type Part } from './cache/cache.ts';
import { coreImages, podSystem, storeArchive } from './images/core.ts';
import { type StepRunner, withProgress } from './step.ts';

/**
 * What a lab is started with: the nodes' root image, the `kube` binary, the folder of the tools' commands and
 * that of the nodes' kernel.
 */
export type Prepared = { image: string; kube: string; tools: string; kernel: string };

/** All that is imported into the nodes' image, in order. */
const imported = async (archives: readonly Part[]): Promise<Part[]> => [
  await coreImages(),
  await storeArchive(),
  ...archives,
];

/** Whether the cache has the nodes' image for these archives: what a lab needs beside it is small. */
export const isPrepared = async (archives: readonly Part[] = []): Promise<boolean> =>
  isCached(await baseImage(await imported(archives)));

/** How long it takes to build all parts of a lab, as documents and output say. */
export const buildTime = (): string => `${timeOf('build')} on two processors`;

/** The title of the step that fetches a browser. */
export const browserTitle = 'Fetch Chromium (about 180 MB)';

/** Builds a part as a step of its own; one that the cache has is not worth a line. */
const build = async (step: StepRunner, title: string, part: Part): Promise<string> =>
  (await isCached(part)) ? cached(part) : step(title, () => cached(part));

/** What only the nodes' image is made of, with what is said of it: where the cache has the image, it may lack this. */
const partsOfImage = async (archives: readonly Part[]): Promise<[string, Part][]> => {
  const all = await imported(archives);
  const parts: [string, Part][] = [["Make the nodes' root file system", await nodeRoot()]];
  for (const [position, archive] of all.entries()) {
    parts.push([`Pack the images: ${archive.name}`, archive]);
    parts.push([
      `Import into the nodes' image: ${archive.name}`,
      await baseImage(all.slice(0, position + 1)),
    ]);
  }
  return parts;
};

/**
 * Says how many parts the cache lacks, and returns the step that numbers them and reports how far each is: the
 * first run takes minutes, and must not look dead.
 */
const numbered = async (
  step: StepRunner,
  { archives, besides }: { archives: readonly Part[]; besides: readonly Part[] },
): Promise<StepRunner> => {
  const binaries = await kubernetes();
  const ofImage = (await isPrepared(archives)) ? [] : await partsOfImage(archives);
  const needed = [
    binaries,
    tools,
    await kernel(),
    ...besides,
    ...(ofImage.length > 0 ? [podSystem, await s3ServerPart()] : []),
  ];
  const whole = await Promise.all([...needed, ...ofImage.map(([, part]) => part)].map(isCached));
  const all = whole.filter((is) => !is).length;
  if (!(await isCached(binaries)))
    process.stderr.write(`lab: ${all} parts are built first, once: ${buildTime()}\n`);
  let begun = 0;
  return (title, work) =>
    step(`[${++begun}/${all}] ${title}`, (update) => withProgress(update, () => work(update)));
};

/**
 * Builds at once what does not need each other; when one of them fails the others end as well, and have ended
 * when this throws.
 */
const atOnce = async (works: readonly (() => Promise<unknown>)[]): Promise<void> => {
  const failed = new AbortController();
  const outer = buildSignal();
  const all = buildingUntil(AbortSignal.any([failed.signal, ...(outer ? [outer] : [])]), async () =>
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
 * Builds what the cache lacks for a lab whose nodes have the given image archives beside the core ones.
 *
 * Kubernetes is compiled while packages are fetched: the one waits for processors, the other for the network.
 * The nodes' image is made, mostly on one processor, while the S3 server is compiled, which it needs late.
 * A browser is fetched as well where `withBrowser` is set.
 */
export const prepare = async (
  runStep: StepRunner,
  archives: readonly Part[] = [],
  { withBrowser = false } = {},
): Promise<Prepared> => {
  const besides = withBrowser ? [browser()] : [];
  const step = await numbered(runStep, { archives, besides });
  const binaries = await kubernetes();
  await atOnce([
    () => build(step, 'Compile Kubernetes and CoreDNS', binaries),
    async () => {
      await build(step, 'Fetch the tools (etcd, nft, ip, ...)', tools);
      if (!(await isCached(await kernel())))
        await step('Fetch the User-Mode Linux kernel', () => fetchKernel());
      if (!(await isPrepared(archives)))
        await build(step, "Fetch the pods' system (nfs-ganesha, ...)", podSystem);
      for (const part of besides) await build(step, browserTitle, part);
    },
  ]);
  // Which image that is, the kernel decides: it has the kernel's modules.
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
  const image = await cached(await baseImage(await imported(archives)));
  const kernelDir = await cached(await kernel());
  const difference = await kernelDifference(kernelDir);
  if (difference !== undefined) process.stderr.write(`lab: ${difference}\n`);
  return {
    image: join(image, 'root.ext4'),
    kube: await kubeBinary(),
    tools: await toolsPath(),
    kernel: kernelDir,
  };
};
