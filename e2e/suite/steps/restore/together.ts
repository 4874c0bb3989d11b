import { managersLogged } from '../../../longhorn/manager.ts';
import type { Context } from '../context.ts';
import { notProvable } from '../judging.ts';
import { isRestoring, type RestoreHandle } from './restore.ts';

type Span = { from: number; to: number; node: string };

/** When the engine of a volume said that it was being restored, in ms since the epoch, and on which node. */
export const timesOfRestore = ({ engines, label }: RestoreHandle): Span[] => {
  const spans: Span[] = [];
  let open: Span | undefined;
  for (const entry of engines.entries) {
    if (entry.kind === 'gap') throw notProvable(`nobody saw all states of the engine of ${label}`);
    const isBusy = entry.kind !== 'deleted' && isRestoring(entry.object);
    if (isBusy && open === undefined) {
      open = { from: entry.at, to: Number.POSITIVE_INFINITY, node: entry.object.spec.nodeID };
      spans.push(open);
    } else if (!isBusy && open !== undefined) {
      open.to = entry.at;
      open = undefined;
    }
  }
  return spans;
};

/** Returns a line for each two volumes that were being restored on the same node at the same time. */
export const restoredTogether = (restores: readonly RestoreHandle[]): string[] => {
  const spans = restores.flatMap((restore) =>
    timesOfRestore(restore).map((span) => ({ ...span, name: restore.name })),
  );
  return spans.flatMap((one, index) =>
    spans
      .slice(index + 1)
      .filter(
        (other) =>
          other.name !== one.name && other.node === one.node && other.from < one.to && one.from < other.to,
      )
      .map((other) => `${one.name} and ${other.name} on ${one.node}`),
  );
};

/** Whether a manager says that a volume waits until its node restores fewer volumes. */
export const isSaidToWait = ({ cluster }: Context, { name }: RestoreHandle): Promise<boolean> =>
  managersLogged(cluster, 'reached the concurrent volume backup restore limit', `engine=${name}-e-`);
