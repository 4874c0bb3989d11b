import { join } from 'node:path';
import { baseImage } from './build/base-image.ts';
import { kernel } from './build/kernel.ts';
import { kubeBinary, kubernetes } from './build/kubernetes.ts';
import { nodeRoot } from './build/node-root.ts';
import { tools, toolsPath } from './build/tools.ts';
import { cached, isCached, type Part } from './cache.ts';
import { coreImages, podSystem } from './images/core.ts';
import type { Step } from './step.ts';

/** What a lab is started with: the nodes' root image, the `kube` binary and the folder of the tools' commands. */
export type Prepared = { image: string; kube: string; tools: string };

/** Builds a part as a step of its own; one that the cache has is not worth a line. */
const build = async (step: Step, title: string, part: Part): Promise<string> =>
  isCached(part) ? cached(part) : step(title, () => cached(part));

/**
 * Builds what the cache lacks for a lab whose nodes have the given image archives beside the core ones.
 *
 * Kubernetes is compiled while packages are fetched: the one waits for processors, the other for the network.
 */
export const prepare = async (step: Step, archives: readonly Part[] = []): Promise<Prepared> => {
  const binaries = await kubernetes();
  const packages = async () => {
    await build(step, 'Fetch the tools (etcd, nft, ip, ...)', tools);
    await build(step, 'Fetch the User-Mode Linux kernel', kernel);
    await build(step, "Fetch the pods' system (nfs-ganesha, ...)", podSystem);
  };
  await Promise.all([build(step, 'Compile Kubernetes and CoreDNS', binaries), packages()]);
  await build(step, "Make the nodes' root file system", await nodeRoot());
  const core = await coreImages();
  await build(step, 'Pack the core images', core);
  for (const archive of archives) await build(step, `Pack the images: ${archive.name}`, archive);
  const all = [core, ...archives];
  for (const [position, archive] of all.entries()) {
    await build(step, `Import into the nodes' image: ${archive.name}`, await baseImage(all.slice(0, position + 1)));
  }
  return { image: join(await cached(await baseImage(all)), 'root.ext4'), kube: await kubeBinary(), tools: await toolsPath() };
};
