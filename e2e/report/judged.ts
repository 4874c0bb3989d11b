import { pluralize } from '../kube/text.ts';
import type { Report, ReportFinding, ScenarioReport } from './schema.ts';

/** Whether a run judged the emulator. The emulator reproduces Longhorn's known differences from its documents. */
export const isEmulated = ({ name }: Pick<Report['target'], 'name'>): boolean => name === 'emulator';

/** The images of Longhorn that were judged, with their digests. */
export const judgedImages = ({
  kubernetes,
  images,
}: Pick<Report, 'kubernetes' | 'images'>): { name: string; digest: string }[] =>
  images ?? kubernetes?.images ?? [];

/** The word for one finding on a target. */
export const wordForFinding = (target: Pick<Report['target'], 'name'>): string =>
  isEmulated(target) ? 'known difference, emulated' : 'finding';

/**
 * Whether a cleanup left something on a cluster that existed before the run. This fails the run, whatever its
 * verdicts. A cluster made for the run is removed with everything in it.
 */
export const hasLeftovers = ({ provider, scenarios }: Pick<Report, 'provider' | 'scenarios'>): boolean =>
  provider === 'existing' && scenarios.some(({ leftBehind }) => leftBehind !== undefined);

/** The known bugs that a scenario showed, by their names in the ledger. */
export const shownBugs = ({ bugs = [] }: Pick<ScenarioReport, 'bugs'>): string[] =>
  bugs.filter(({ kept }) => !kept).map(({ id }) => id);

/** A cell of the store's matrix that a scenario ran, with its result in words. */
type ReportedCell<T> = { cell: string; ended: string; scenario: T };

/** The cells of the store's matrix that a run covered, sorted by name. */
export const reportedCells = <T extends ScenarioReport>(scenarios: readonly T[]): ReportedCell<T>[] =>
  scenarios
    .filter(({ state }) => state !== 'skipped')
    .flatMap((scenario) => {
      const bugs = shownBugs(scenario);
      const ended = bugs.length > 0 && scenario.state === 'known-bug' ? bugs.join(', ') : scenario.state;
      return (scenario.cells ?? []).map((cell) => ({ cell, ended, scenario }));
    })
    .toSorted((one, other) => one.cell.localeCompare(other.cell));

/** The contradictions between a scenario and the ledger of known bugs for this version, one line each. */
export const ledgerContradictions = ({ name, bugs = [] }: Pick<ScenarioReport, 'name' | 'bugs'>): string[] =>
  bugs.flatMap(({ id, kept, listed }) =>
    kept === listed
      ? [`${name}: ${id} ${kept ? 'is fixed here' : 'shows'}, and the ledger of known bugs says otherwise`]
      : [],
  );

/** A finding of a run, with the names of the scenarios that reported it. */
export type ReportedFinding = ReportFinding & { scenarios: string[] };

/** The findings of a run without duplicates. */
export const findingsOf = ({ scenarios }: Pick<Report, 'scenarios'>): ReportedFinding[] => {
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

/** Joins the names of scenarios. A long list is shortened. */
export const nameScenarios = (names: readonly string[]): string => {
  const more = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

/** Describes a number of findings. On the emulator, findings are known differences and not new. */
export const describeFindings = (
  { length }: readonly unknown[],
  target: Pick<Report['target'], 'name'>,
): string =>
  isEmulated(target)
    ? `${pluralize(length, 'known difference')}, emulated: where Longhorn contradicts its documents, the emulator does as Longhorn`
    : `${pluralize(length, 'finding')}: what contradicts Longhorn's documents, and is no failure`;

/** Describes in one sentence what a run judged. A run on the emulator is not a verdict on Longhorn. */
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
