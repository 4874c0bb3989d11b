import { join } from 'node:path';
import type { PodTarget } from '../../../kube/cluster.ts';
import type { Danger } from '../../../longhorn/dangers.ts';
import type { Keeper } from '../../evidence/keeper.ts';
import type { Made } from '../made.ts';
import type { Timelines } from '../timelines.ts';
import type { PageHandle } from '../ui/page-handle.ts';
import { belongsTo } from './belongs.ts';
import { followManagers } from './managers-logs.ts';
import { ofPages } from './pages.ts';
import { sourcesOf } from './sources.ts';
import { fetchSupportBundle } from './support-bundle.ts';

type Ground = { run: string; made: Made; target: string; place: { namespace: string; name?: string }; dangers: readonly Danger[] };

/** Where Longhorn's own bundle goes. */
const supportBundleFile = 'support-bundle.zip';

// With these a manager pod may go in a scenario, and its log with it.
const endManagers: readonly Danger[] = ['manager-kill', 'node-fault'];

/** Tells the evidence of a scenario what concerns it, and what there is to read; more, as the ground is set. */
export const keepEvidence = (keeper: Keeper, { run, made, target, place, dangers }: Ground) => {
  const { cluster, startedAt: since } = keeper;
  const belongs = belongsTo({ made, target, store: place.name ?? place.namespace });
  keeper.only(belongs);
  if (keeper.supportBundle)
    keeper.last({
      file: supportBundleFile,
      work: async (interrupted) => {
        const folder = keeper.folder();
        if (folder !== undefined) await fetchSupportBundle(cluster, { run, path: join(folder, supportBundleFile), interrupted });
      },
    });
  let timelines: Timelines | undefined;
  let server: { pod: PodTarget; root: string } | undefined;
  let pages: readonly PageHandle[] = [];
  keeper.sources(() => [
    ...ofPages(pages),
    ...(timelines === undefined ? [] : sourcesOf({ cluster, timelines, belongs, since, place, server })),
  ]);
  return {
    /** From before the first thing that is watched. */
    watches: (opened: Timelines, signal: AbortSignal): void => {
      timelines = opened;
      if (dangers.some((danger) => endManagers.includes(danger))) followManagers(cluster, { managers: opened.managers, since, signal });
    },
    /** From when the store's server runs. */
    serves: (served: { pod: PodTarget; root: string }): void => {
      server = served;
    },
    /** From before the first page is opened. */
    shows: (opened: readonly PageHandle[]): void => {
      pages = opened;
    },
  };
};
