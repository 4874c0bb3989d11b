import { afterAll, beforeAll } from 'vitest';
import { openContext } from '../../../e2e/ui/browser.ts';

/** Keeps one browser running for all tests of a file, which would each start one of their own. */
export const keepBrowser = (chromium: string | undefined): void => {
  let kept: Awaited<ReturnType<typeof openContext>> | undefined;
  beforeAll(async () => {
    if (chromium !== undefined) kept = await openContext(chromium);
  });
  afterAll(() => kept?.close());
};
