import type { ExistingCluster } from '../../e2e/config/config.ts';
import { findChromium, withoutChromium } from '../../e2e/ui/chromium.ts';
import { fetchedBrowser, fetchesBrowser } from '../browser.ts';
import { k3dTool } from '../k3d/tool.ts';
import { kindTool } from '../kind/tool.ts';
import { type Check, okCheck, warningCheck } from './check.ts';
import { type DoctorResult, diagnosisSchema } from './schema.ts';

/** The options of the run that is checked. */
type DoctorRequest = {
  provider: string;
  longhorn: string;
  registryMirror: string | undefined;
  existing: ExistingCluster | undefined;
};

// Each is imported only when needed, because it has many dependencies.
const examineProvider = async ({ provider, longhorn, existing }: DoctorRequest): Promise<Check[]> => {
  if (existing !== undefined) return (await import('./existing.ts')).examineExisting(existing);
  if (provider === 'lab') return (await import('./lab.ts')).examineLab(longhorn);
  return (await import('./docker.ts')).examineDocker(provider === 'kind' ? kindTool : k3dTool, longhorn);
};

/** Checks everything that a run with this provider and this Longhorn needs. Does not stop at the first problem. */
export const examineAll = async (request: DoctorRequest): Promise<DoctorResult> => {
  const { provider, longhorn, registryMirror } = request;
  const { examineTarget } = await import('./target.ts');
  const checks = [
    ...(await examineProvider(request)),
    ...(await examineTarget(longhorn, registryMirror)),
    await examineBrowser(process.env),
  ];
  return diagnosisSchema.parse({
    provider,
    longhorn,
    ready: checks.every(({ state }) => state !== 'missing'),
    checks,
  });
};

const checkSigns = { ok: '✓', warning: '!', missing: '✗' } as const;

/** One line per check, and one for the result. */
export const doctorLines = ({ provider, longhorn, ready, checks }: DoctorResult): string[] => {
  const lines = checks.map(({ title, state, detail, mend }) => {
    // `docker is missing` needs no title.
    const what = detail.toLowerCase().startsWith(title.toLowerCase()) ? detail : `${title}: ${detail}`;
    return `${checkSigns[state]} ${what}${mend === null ? '' : `: ${mend}`}`;
  });
  const { length } = checks.filter(({ state }) => state === 'missing');
  const all = `provider ${provider}, Longhorn: ${longhorn}`;
  return [
    ...lines,
    ready
      ? `All is there for ${all}`
      : `${length} ${length === 1 ? 'thing is' : 'things are'} missing for ${all}`,
  ];
};

/** Checks for the browser in which some scenarios open Longhorn's user interface. A run works without one. */
const examineBrowser = async (environment: NodeJS.ProcessEnv): Promise<Check> => {
  const found = findChromium(environment);
  if (found !== undefined) return okCheck('Chromium', found);
  if (await fetchesBrowser(environment))
    return okCheck(
      'Chromium',
      (await fetchedBrowser(environment)) ??
        "the first run that needs it fetches Debian's, once: about 180 MB, and 340 in the cache",
    );
  const { detail, mend } = withoutChromium(environment);
  return warningCheck('Chromium', `${detail}: the scenarios of Longhorn's user interface are skipped`, mend);
};
