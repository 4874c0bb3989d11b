import type { PointsTo, Report, ScenarioReport } from '../schema.ts';
import type { ValueChange } from './changes.ts';
import type { HistoryLine } from './history-line.ts';

/** A hint (not a verdict) where to look for the cause of a failure, with its reasons. */
export type Hint = Pick<PointsTo, 'at' | 'because'>;

/** The meaning of a state for its object. The page shows it by a colour, a pattern and a sign. */
export type Tone = 'good' | 'busy' | 'waiting' | 'bad' | 'going' | 'quiet';

/** A state with its messages. `from` and `to` are seconds since the scenario's start. */
export type Bar = { from: number; to: number; state: string; tone: Tone; texts: string[] };

/** An event at a moment. */
export type ChartSymbol = {
  at: number;
  shape: 'step' | 'fault' | 'finding' | 'gone' | 'note' | 'warning' | 'bad';
  text: string;
};

/** An expectation from its start to its decision. */
export type ExpectationSpan = {
  from: number;
  to: number;
  state: 'met' | 'broken' | 'not-provable' | 'timed-out' | 'open';
  label: string;
  steps: { label: string; at: number | null }[];
  reason: string | null;
  /** The time-out and its owner, as one text. */
  limit: string | null;
};

/** A time in which a watch may have missed events. */
export type Gap = { from: number; to: number; reason: string };

/** A watch event of an object, as the changes since the event before. The first event contains the whole object. */
export type ObjectEvent = { at: number; type: 'ADDED' | 'MODIFIED' | 'DELETED'; changes: ValueChange[] };

/** A row of the chart: an object, or an activity of the suite. */
export type Lane = {
  /** The plural name of a resource, or `steps`, `fault`, `lock`, `gap`, `log`. */
  kind: string;
  name: string;
  bars: Bar[];
  symbols: ChartSymbol[];
  expectations: ExpectationSpan[];
  gaps: Gap[];
  events: ObjectEvent[];
};

/** The log of a container in the format of `kubectl logs --timestamps`. */
export type ContainerLog = { name: string; text: string };

/** A sentence of a scenario. The times are null without a history. */
export type ReportSentence = {
  sentence: string;
  state: ScenarioReport['steps'][number]['state'] | 'unfinished';
  from: number | null;
  to: number | null;
};

/** The evidence of a scenario on one time axis, from 0 to `seconds`. */
export type ReportTimeline = {
  startedAt: string | null;
  seconds: number;
  lanes: Lane[];
  sentences: ReportSentence[];
  logs: ContainerLog[];
  events: number;
  /** The parts of the evidence that could not be read, one per line. */
  unreadable: string[];
};

/**
 * A scenario of a run. `timeline` is the id of its timeline, which is embedded separately: so the page opens before
 * the timeline is unpacked.
 */
export type PageScenario = ScenarioReport & {
  key: string;
  timeline: string | null;
  hint: Hint | null;
  past: HistoryLine['scenarios'];
};

/**
 * A run. `source` is the path of its report. `results` is the path from the page to the folder of its results, if
 * that exists.
 */
export type PageRun = Omit<Report, 'scenarios'> & {
  source: string;
  results?: string;
  scenarios: PageScenario[];
  past: Omit<HistoryLine, 'scenarios'>[];
};

/** The data of the page, except for the timelines. */
export type PageData = { made: string; runs: PageRun[] };
