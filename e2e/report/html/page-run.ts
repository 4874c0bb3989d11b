import { dirname, resolve } from 'node:path';
import type { Report, ScenarioReport } from '../schema.ts';
import type { PageRun, PageScenario, ReportTimeline } from './data.ts';
import { hintOf } from './hint.ts';
import { readRuns } from './history-file.ts';
import type { HistoryLine } from './history-line.ts';
import { readEvidence } from './read-evidence.ts';
import { type EvidenceTexts, makeTimeline } from './timeline.ts';

/** A run on the page, and its timelines under the ids that its scenarios refer to. */
export type RunOfPage = {
  run: PageRun;
  /** The folder of the run's results. Missing for a bundle. */
  folder?: string;
  timelines: [id: string, timeline: ReportTimeline][];
};

/** The number of the last runs that a scenario is compared with. */
const compared = 20;

// Times on another Longhorn or another machine cannot be compared with the times of this run.
const comparable = (
  runs: readonly HistoryLine[],
  { run, target, provider, startedAt }: Report,
): HistoryLine[] =>
  runs
    .filter(
      (each) =>
        each.run !== run &&
        each.target === target.name &&
        each.provider === provider &&
        each.date < startedAt,
    )
    .slice(-compared);

const toSlug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);

/** Creates a run of the page. `find` reads the evidence of a scenario; `runs` are the earlier runs. */
export const makeRun = async (
  report: Report,
  options: {
    source: string;
    runs: readonly HistoryLine[];
    find(scenario: ScenarioReport): Promise<EvidenceTexts | undefined>;
  },
): Promise<RunOfPage> => {
  const past = comparable(options.runs, report);
  const timelines: RunOfPage['timelines'] = [];
  const scenarios: PageScenario[] = [];
  for (const [index, scenario] of report.scenarios.entries()) {
    const evidence = await options.find(scenario);
    const timeline = evidence === undefined ? null : makeTimeline(evidence, scenario.duration);
    const key = `${report.run}-${index + 1}-${toSlug(scenario.name)}`;
    if (timeline !== null) timelines.push([`timeline-${key}`, timeline]);
    const earlier = past
      .flatMap((each) => each.scenarios)
      .filter((each) => each.name === scenario.name && each.state !== 'skipped');
    scenarios.push({
      ...scenario,
      key,
      timeline: timeline && `timeline-${key}`,
      hint: hintOf(scenario, timeline, report.end),
      past: earlier.slice(-compared),
    });
  }
  return {
    run: {
      ...report,
      source: options.source,
      scenarios,
      past: past.map(({ scenarios: _, ...rest }) => rest),
    },
    timelines,
  };
};

/** Creates a run of the page from a report.json and the evidence that it refers to. */
export const makeRunOfFile = async (report: Report, path: string): Promise<RunOfPage> => {
  const folder = dirname(resolve(path));
  const made = await makeRun(report, {
    source: path,
    runs: await readRuns(folder),
    find: async ({ evidence, state }) =>
      evidence ? readEvidence(resolve(folder, evidence), state === 'passed') : undefined,
  });
  return { ...made, folder };
};
