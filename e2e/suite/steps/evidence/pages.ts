import type { Source } from '../../evidence/keeper.ts';
import type { PageHandle } from '../ui/page-handle.ts';

/** A picture of each page as it is, and a trace of all that was done on it (for `npx playwright show-trace`). */
export const ofPages = (pages: readonly PageHandle[]): Source[] =>
  pages.flatMap(({ page }, index): Source[] => {
    const folder = index === 0 ? 'ui' : `ui/page-${index + 1}`;
    return [
      { file: `${folder}/screenshot.png`, read: page.picture },
      { file: `${folder}/trace.zip`, read: page.trace },
    ];
  });
