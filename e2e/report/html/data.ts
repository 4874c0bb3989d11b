import type { PointsTo, Report, ScenarioReport } from '../schema.ts';
import type { ValueChange } from './changes.ts';
import type { HistoryLine } from './history-line.ts';

/** Where to look first for what went wrong: a hint, not a verdict, with what speaks for it. */
export type Hint = Pick<PointsTo, 'at' | 'because'>;

/** How a state stands with its object; the page gives each a colour, a pattern and a letter. */
export type Tone = 'good' | 'busy' | 'waiting' | 'bad' | 'going' | 'quiet';

/** A state, and what it said; `from` and `to` in seconds from the scenario's start. */
export type Bar = { from: number; to: number; state: string; tone: Tone; texts: string[] };

/** What happened at a moment. */
export type Mark = {
  at: number;
  shape: 'step' | 'fault' | 'finding' | 'gone' | 'note' | 'warning' | 'bad';
  text: string;
};

/** An expectation from its start to its decision. */
export type Bracket = {
  from: number;
  to: number;
  state: 'met' | 'broken' | 'not-provable' | 'timed-out' | 'open';
  label: string;
  steps: { label: string; at: number | null }[];
  reason: string | null;
  /** How long it might have taken and whose time-out that is, as one text. */
  limit: string | null;
};

/** A stretch that a watch cannot vouch for. */
export type Gap = { from: number; to: number; reason: string };

/** A watch event of an object: what it changed since the one before, the first one everything. */
export type ObjectEvent = { at: number; type: 'ADDED' | 'MODIFIED' | 'DELETED'; changes: ValueChange[] };

/** A row of the picture: an object, or something that the suite did. */
export type Lane = {
  /** A resource's plural, or `steps`, `fault`, `lock`. */
  kind: string;
  name: string;
  bars: Bar[];
  marks: Mark[];
  brackets: Bracket[];
  gaps: Gap[];
  events: ObjectEvent[];
};

/** The log of a container as kubectl prints it with timestamps. */
export type ContainerLog = { name: string; text: string };

/** A sentence of a scenario; the times are null where no history was kept. */
export type ReportSentence = {
  sentence: string;
  state: ScenarioReport['steps'][number]['state'] | 'unfinished';
  from: number | null;
  to: number | null;
};

/** What a scenario's evidence shows: one time axis, from 0 to `seconds`. */
export type ReportTimeline = {
  startedAt: string | null;
  seconds: number;
  lanes: Lane[];
  sentences: ReportSentence[];
  logs: ContainerLog[];
  events: number;
  /** What could not be read, a line each. */
  trouble: string[];
};

/**
 * A scenario of a run; its timeline is embedded apart, under the id `timeline`, so that the page opens before
 * it is unpacked.
 */
export type PageScenario = ScenarioReport & {
  key: string;
  timeline: string | null;
  hint: Hint | null;
  past: HistoryLine['scenarios'];
};

/**
 * A run; `source` says which report it is, where there are several, and `results` is the way from the page to the
 * folder of its results, where there is one.
 */
export type PageRun = Omit<Report, 'scenarios'> & {
  source: string;
  results?: string;
  scenarios: PageScenario[];
  past: Omit<HistoryLine, 'scenarios'>[];
};

/** What the page is made from, without the timelines. */
export type PageData = { made: string; runs: PageRun[] };
