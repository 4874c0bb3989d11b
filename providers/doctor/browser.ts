import { findChromium, withoutChromium } from '../../e2e/ui/chromium.ts';
import { type Check, ok, warning } from './check.ts';

/** Looks for the browser that some scenarios open Longhorn's user interface in; a run goes on without. */
export const examineBrowser = (environment: NodeJS.ProcessEnv): Check => {
  const found = findChromium(environment);
  if (found !== undefined) return ok('Chromium', found);
  const { detail, mend } = withoutChromium(environment);
  return warning('Chromium', `${detail}: the scenarios of Longhorn's user interface are skipped`, mend);
};
