import { count } from '../kube/count.ts';
import type { Report, ReportFinding, ScenarioReport } from './schema.ts';

/** Whether a run judged the emulator: how that differs from Longhorn's documents it was taught, from Longhorn. */
export const isEmulated = ({ name }: Pick<Report['target'], 'name'>): boolean => name === 'emulator';

/** The images of Longhorn that were judged, by what they are. */
export const judgedImages = ({
  kubernetes,
  images,
}: Pick<Report, 'kubernetes' | 'images'>): { name: string; digest: string }[] =>
  images ?? kubernetes?.images ?? [];

/** What one finding is called. */
export const findingIn = (target: Pick<Report['target'], 'name'>): string =>
  isEmulated(target) ? 'known difference, emulated' : 'finding';

/**
 * Whether the cleanup of a scenario left something on a cluster that was there before the run: that fails the
 * run, whatever was proven. A cluster that was made for it takes along what is left.
 */
export const hasLeftThere = ({ provider, scenarios }: Pick<Report, 'provider' | 'scenarios'>): boolean =>
  provider === 'existing' && scenarios.some(({ leftBehind }) => leftBehind !== undefined);

/** The known bugs that showed in a scenario, by their names in the ledger. */
export const shownBugs = ({ bugs = [] }: Pick<ScenarioReport, 'bugs'>): string[] =>
  bugs.filter(({ kept }) => !kept).map(({ id }) => id);

/** A cell of the store's matrix that a scenario ran: how that ended, in words, and which scenario it was. */
export type ReportedCell<T> = { cell: string; ended: string; scenario: T };

/** The cells of the store's matrix that were run on the cluster, in the order of their names. */
export const reportedCells = <T extends ScenarioReport>(scenarios: readonly T[]): ReportedCell<T>[] =>
  scenarios
    .filter(({ state }) => state !== 'skipped')
    .flatMap((scenario) => {
      const bugs = shownBugs(scenario);
      const ended = bugs.length > 0 && scenario.state === 'known-bug' ? bugs.join(', ') : scenario.state;
      return (scenario.cells ?? []).map((cell) => ({ cell, ended, scenario }));
    })
    .toSorted((one, other) => one.cell.localeCompare(other.cell));

/** Where a scenario shows that the ledger of known bugs is wrong about this version, a line each. */
export const otherThanLedger = ({ name, bugs = [] }: Pick<ScenarioReport, 'name' | 'bugs'>): string[] =>
  bugs.flatMap(({ id, kept, listed }) =>
    kept === listed
      ? [`${name}: ${id} ${kept ? 'is fixed here' : 'shows'}, and the ledger of known bugs says otherwise`]
      : [],
  );

/** A finding of a run, and the names of the scenarios that met it. */
export type MetFinding = ReportFinding & { scenarios: string[] };

/** The findings of a run, each once, however many scenarios met it. */
export const findingsOf = ({ scenarios }: Pick<Report, 'scenarios'>): MetFinding[] => {
  const all = scenarios.flatMap(({ name, findings }) => findings.map((finding) => ({ name, finding })));
  const byTitle = Map.groupBy(all, ({ finding }) => finding.title);
  return [...byTitle.values()].flatMap((met) => {
    const [first] = met;
    return first === undefined
      ? []
      : [{ ...first.finding, scenarios: [...new Set(met.map(({ name }) => name))] }];
  });
};

const mostNamed = 3;

/** Names the scenarios that met something; of many, the first. */
export const nameScenarios = (names: readonly string[]): string => {
  const more = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

/** What so many findings are: on the emulator nothing was found that was not known. */
export const describeFindings = (
  { length }: readonly unknown[],
  target: Pick<Report['target'], 'name'>,
): string =>
  isEmulated(target)
    ? `${count(length, 'known difference')}, emulated: where Longhorn contradicts its documents, the emulator does as Longhorn`
    : `${count(length, 'finding')}: what contradicts Longhorn's documents, and is no failure`;

/**
 * Says in one sentence what a run judged, so that nobody takes a run on the emulator for a verdict on
 * Longhorn.
 */
export const describeJudged = ({ name, version, replaced = [] }: Report['target']): string => {
  if (isEmulated({ name }))
    return `the emulator${version ? ` ${version}` : ''}: this run proves the suite, not Longhorn`;
  if (name === 'installed')
    return `the Longhorn that the cluster has${version ? `, ${version}` : '; its version is not known to this run'}`;
  const others = replaced.map(
    ({ from, to, digest }) => `${to}${digest ? `@${digest}` : ''} in place of ${from}`,
  );
  return version
    ? `Longhorn ${version} (${name})${others.length > 0 ? `, with ${others.join(', ')}` : ''}`
    : `the Longhorn found in the cluster (${name}); its version is not known to this run`;
};
