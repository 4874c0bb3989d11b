import type { Timeline } from '../../../history/timeline.ts';
import type { KubernetesObject } from '../../../kube/cluster.ts';

/** What Longhorn says of a support bundle, as far as it is read. */
export type SupportBundle = KubernetesObject & {
  status?: {
    state?: string;
    ownerID?: string;
    progress?: number;
    conditions?: { type: string; status: string; reason?: string; message?: string }[] | null;
  };
};

// One that failed is purged where Longhorn keeps none, and may be seen in any of the states after that.
const last = ['ReadyForDownload', 'Error', 'Purging', 'Deleting', 'Replaced'];

/** The bundle that a new one would come in the way of: any but one that failed, which stays, as it is. */
export const findOther = (bundles: readonly SupportBundle[]): SupportBundle | undefined =>
  bundles.find(({ status }) => status?.state !== 'Error');

const lastEntry = (timeline: Timeline<SupportBundle>, uid: string | undefined) =>
  timeline.entries.findLast((entry) => entry.kind !== 'gap' && entry.object.metadata.uid === uid);

/** Whether nothing more will come of a bundle. */
export const isOver = (timeline: Timeline<SupportBundle>, uid: string | undefined): boolean => {
  const entry = lastEntry(timeline, uid);
  if (entry === undefined || entry.kind === 'gap') return false;
  return entry.kind === 'deleted' || last.includes(entry.object.status?.state ?? '');
};

/** Its state in a few words, with what Longhorn says of a failure: `Error (FailedCreating: no manager)`, `Generating, 40 %`. */
export const stateOf = (timeline: Timeline<SupportBundle>, uid: string | undefined): string => {
  const entry = lastEntry(timeline, uid);
  if (entry === undefined || entry.kind === 'gap') return 'not seen';
  const { state = '', progress = 0, conditions } = entry.object.status ?? {};
  const error = conditions?.find(({ type, status }) => type === 'Error' && status === 'True');
  const said = [error?.reason, error?.message].filter((text) => text).join(': ');
  const now = entry.kind === 'deleted' ? `deleted as ${state || 'new'}` : state || 'not begun';
  return `${now}${progress > 0 && progress < 100 ? `, ${progress} %` : ''}${said === '' ? '' : ` (${said.replace(/\s+/g, ' ')})`}`;
};

/** Resolves when that is so, when the watch cannot go on, or when the signal aborts. */
export const until = (timeline: Timeline<SupportBundle>, is: () => boolean, signal: AbortSignal): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (is() || timeline.failure !== undefined || signal.aborted) resolve();
  };
  const ends = [timeline.onEntry(look), timeline.onFailure(look)];
  signal.addEventListener('abort', look, { once: true });
  look();
  return promise.finally(() => {
    for (const end of ends) end();
    signal.removeEventListener('abort', look);
  });
};
