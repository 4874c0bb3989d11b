import type { ServiceForward } from '../service-forward.ts';
import type { Stretch } from '../../../ui/backup-look.ts';
import { lookOf } from '../../../ui/backup-look.ts';
import type { FollowedPage } from '../../../ui/followed-page.ts';
import type { Span } from '../../../ui/judge-shown.ts';
import type { Context } from '../context.ts';
import { PremiseLost } from '../premise-lost.ts';

/** A page of Longhorn's user interface, opened by a step. */
export type PageHandle = {
  page: FollowedPage;
  forward: ServiceForward;
  /** The mark of the timelines before it was opened. */
  mark: number;
  /** When a step cut it off, and until when connections may fail by that; ms since the epoch. */
  cutOff: Span[];
};

/** How a backup had to look by its custom resource, from its beginning on. */
export const looksOf = ({ timelines }: Pick<Context, 'timelines'>, name: string, { mark }: Pick<PageHandle, 'mark'>): Stretch[] => {
  const stretches: Stretch[] = [{ at: 0, look: undefined }];
  for (const entry of timelines.backups.entries) {
    if (entry.kind === 'gap') {
      if (entry.sequence > mark) throw new PremiseLost(`the watch of backups lost a stretch while the page was open: ${entry.reason}`);
    } else if (entry.object.metadata.name === name)
      stretches.push({ at: entry.at, look: entry.kind === 'deleted' ? undefined : lookOf(entry.object) });
  }
  return stretches;
};
