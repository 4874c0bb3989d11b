import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { allDisruptions } from '../e2e/longhorn/disruptions.ts';
import { waitForNodes } from '../lab/cluster-ready.ts';
import { askLab } from '../lab/control/ask.ts';
import { storeImage } from '../lab/images/core.ts';
import { labDir } from '../lab/run/settings.ts';
import type { Lab } from '../lab/run/start.ts';
import { labNodes } from '../lab/run/topology.ts';
import { buildAndStartLab, type LabOptions } from '../lab/up.ts';
import { fetchedBrowser, fetchesBrowser } from './browser.ts';
import { chooseTarget } from './choose-target.ts';
import { installMeasured } from './measure-machine.ts';
import type { Provider, RunningCluster } from './provider.ts';
import { maxBegunFor } from './target.ts';

type MeasuredInstallation = Awaited<ReturnType<typeof installMeasured>>;

const secondsSchema = z.record(z.string(), z.number());

const offered = { lab: true, allow: allDisruptions, without: [] };

const running = (
  lab: Lab,
  {
    name,
    ...of
  }: { name: string } & MeasuredInstallation & Pick<RunningCluster, 'browser' | 'begun' | 'upgrade'>,
): RunningCluster => ({
  kubeconfig: lab.kubeconfig,
  context: lab.context,
  provider: 'lab',
  storeImage,
  allow: offered.allow,
  lab: labDir(name),
  accessHints: [
    `export KUBECONFIG=${lab.kubeconfig}`,
    `npx corral lab shell node1 --name ${name}`,
    `npx corral lab down --name ${name}`,
  ],
  ...of,
  problems: () => lab.ended,
  lost: lab.lost,
  cpu: async () => secondsSchema.parse(await askLab(name, { action: 'cpu' })),
  keep: lab.keep,
  down: lab.stop,
});

/** Writes the manifest of an upgrade into the lab's folder, which goes with the lab. Returns its path. */
const writeManifest = async (name: string, text: string): Promise<string> => {
  const file = join(labDir(name), 'upgrade.yaml');
  await writeFile(file, text);
  return file;
};

const makeProvider = (how: Pick<LabOptions, 'apiProxy'>): Provider => ({
  name: 'lab',
  offers: async () => ({ ...offered, fetchesBrowser: await fetchesBrowser() }),
  up: async ({
    longhorn,
    upgradeTo,
    registryMirror,
    images = [],
    browser = false,
    snapshots = false,
    run,
    signal,
    progress,
  }) => {
    const name = `e2e-${run}`;
    const target = await chooseTarget({
      longhorn,
      registryMirror,
      images,
      portable: false,
      progress,
      signal,
    });
    const next =
      upgradeTo === undefined
        ? undefined
        : await chooseTarget({ longhorn: upgradeTo, registryMirror, portable: false, progress, signal });
    const nodes = labNodes(target.size.nodes).map((node) => node.name);
    const { promise: installed, resolve } = Promise.withResolvers<MeasuredInstallation>();
    const meanwhile = async ({ kubeconfig, answered }: Lab, either: AbortSignal): Promise<void> => {
      const booted = () => waitForNodes({ kubeconfig, signal: either }, nodes);
      const on = { kubeconfig, nodes, signal: either, how: { booted, since: answered }, progress };
      resolve(await installMeasured(target, on));
    };
    const cluster = await buildAndStartLab({
      name,
      // The emulator has one image for all versions.
      archives: [
        ...target.archives,
        ...(next === undefined || next.name === 'emulator' ? [] : next.archives),
      ],
      ...target.size,
      ...how,
      meanwhile,
      withBrowser: browser && (await fetchesBrowser()),
      withSnapshots: snapshots,
      step: progress.step,
      signal,
    });
    const { machine, ...installation } = await installed;
    return running(cluster, {
      name,
      machine,
      ...installation,
      ...(next && { upgrade: await writeManifest(name, await next.manifest(machine?.slowness ?? 1)) }),
      browser: browser ? await fetchedBrowser() : undefined,
      begun: maxBegunFor(target),
    });
  },
});

/**
 * The embedded cluster, started for a run, with a Longhorn in it. It is removed when this process ends,
 * unless it is kept.
 */
export const labProvider: Provider = makeProvider({});

/** The same, with a proxy at which the writes of pods to the API server can be followed, delayed and refused. */
export const proxiedLabProvider: Provider = makeProvider({ apiProxy: true });
