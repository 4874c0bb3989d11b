import type { ChartSymbol, Lane, PageScenario, ReportTimeline } from '../data.ts';
import { createChart } from './chart/chart.ts';
import { kindName } from './chart/rows.ts';
import { button, element, tableHead } from './element.ts';
import { formatAt, formatSpan } from './format.ts';
import { legend } from './legend.ts';
import { type LogLine, readLogs } from './log-lines.ts';
import { createLogPanel } from './log-panel.ts';
import { createObjectPanel } from './object-panel.ts';
import { sentenceList, sentencesOfScenario } from './sentences.ts';

/** The evidence of a scenario: sentences, chart, object and logs. `prepare` lays it out for paper or for the screen. */
export type EvidenceView = {
  nodes: HTMLElement[];
  prepare(paper: boolean): void;
  /** Called after the nodes were added to the page. */
  begin(): void;
};

/** The width (px) of a page of paper in landscape format. */
const paperWidth = 1000;

// The view opens at the expectation that decided against the scenario.
const decisionOf = ({
  lanes,
}: ReportTimeline): { lane: number; at: number; from: number; to: number } | undefined => {
  const against = new Set(['broken', 'timed-out', 'not-provable']);
  const lane = lanes.findIndex(({ expectations }) => expectations.some(({ state }) => against.has(state)));
  const span = lanes[lane]?.expectations.find(({ state }) => against.has(state));
  if (span === undefined) return undefined;
  const around = Math.max(3, (span.to - span.from) / 2);
  return { lane, at: span.to, from: span.from - around, to: span.to + around };
};

// The time from the first When to the last When or Then, or to the decision against the scenario (which may be in the
// cleanup). The set-up before it may take ten times as long.
const actionOf = (
  { sentences, seconds }: ReportTimeline,
  decidedAt = 0,
): { from: number; to: number } | undefined => {
  const first = sentences.find(({ sentence, from }) => sentence.startsWith('When ') && from !== null);
  if (first === undefined) return undefined;
  const from = first.from ?? 0;
  const to = Math.max(
    decidedAt,
    ...sentences
      .filter(({ sentence, from: at }) => /^(When|Then) /.test(sentence) && at !== null)
      .map((each) => each.to ?? seconds),
  );
  const around = Math.max(1, (to - from) * 0.04);
  return { from: from - around, to: to + around };
};

/** Creates the sentences, the chart, the object panel and the logs of a scenario. They always show the same time. */
export const createEvidenceView = (scenario: PageScenario, unpacked: ReportTimeline | null): EvidenceView => {
  if (unpacked === null) {
    const none =
      scenario.steps.length === 0 ? [] : [sentenceList(sentencesOfScenario(scenario, null), () => {})];
    return {
      nodes: [...none, element('p', 'hint', ['No history of it was kept.'])],
      prepare: () => {},
      begin: () => {},
    };
  }
  const timeline = addLogLanes(unpacked);
  const object = createObjectPanel(timeline);
  const log = timeline.logs.length === 0 ? undefined : createLogPanel(timeline, (at) => chart.moveTo(at));
  const chart = createChart(timeline, (pointed, chosen) => {
    object.show(pointed, chosen);
    if (chosen && pointed !== undefined) log?.scrollTo(pointed.at);
  });
  const { view } = chart;
  const decided = decisionOf(timeline);
  const action = actionOf(timeline, decided?.at);
  if (action !== undefined) view.show(action.from, action.to);
  const tools = element('div', 'tools', [
    button('−', 'Zoom out', () => view.zoomInPlace(1 / 1.6)),
    button('+', 'Zoom in', () => view.zoomInPlace(1.6)),
    button('All', 'Show the whole time (Home)', view.showAll),
    action !== undefined &&
      button('Action', 'Show the time from the first When to the last Then', () =>
        view.show(action.from, action.to),
      ),
    decided !== undefined &&
      button('Failure', 'Show the time around the failure', () => view.show(decided.from, decided.to)),
    element('span', 'hint', ['drag to move, Ctrl and wheel or pinch to zoom']),
  ]);
  const sentences = sentenceList(sentencesOfScenario(scenario, timeline), (from, to) => {
    const around = Math.max(0.5, (to - from) * 0.15);
    view.show(from - around, to + around);
    chart.root.scrollIntoView({ block: 'nearest' });
  });
  const unreadable = timeline.unreadable.map((line) =>
    element('p', 'unreadable', [`Not all of the evidence could be read: ${line}`]),
  );
  return {
    nodes: [
      element('section', 'steps-done', [element('h4', '', ['What was done']), sentences, ...unreadable]),
      element('div', 'stage', [
        element('section', 'drawn', [
          element('header', '', [element('h4', '', ['Timeline']), tools]),
          chart.root,
          legend(),
          stateTable(timeline),
        ]),
        object.root,
        ...(log === undefined ? [] : [log.root]),
      ]),
    ],
    prepare: (paper) => chart.layOut(paper ? paperWidth : undefined),
    begin: () => {
      if (decided === undefined) return;
      chart.begin(decided.lane, decided.at);
      log?.scrollTo(decided.at);
    },
  };
};

const toSymbol = ({ at, severity, text }: LogLine): ChartSymbol => ({
  at,
  shape: severity === 'E' ? 'bad' : 'warning',
  text: `${severity} ${text.slice(0, 300)}`,
});

/** Adds a lane for each log, from its first line to its last. Its errors and warnings are symbols. */
const addLogLanes = (timeline: ReportTimeline): ReportTimeline => {
  if (timeline.startedAt === null) return timeline;
  const logs = timeline.logs.flatMap((log): Lane[] => {
    const lines = readLogs([log], timeline.startedAt);
    const [first, last] = [lines[0], lines.at(-1)];
    if (first === undefined || last === undefined) return [];
    const bars = [
      {
        from: Math.max(0, first.at),
        to: Math.min(timeline.seconds, last.at),
        state: `${lines.length} lines`,
        tone: 'quiet' as const,
        texts: [],
      },
    ];
    const symbols = lines.filter(({ severity }) => severity === 'E' || severity === 'W').map(toSymbol);
    return [{ kind: 'log', name: log.name, bars, symbols, expectations: [], gaps: [], events: [] }];
  });
  return { ...timeline, lanes: [...timeline.lanes, ...logs] };
};

// A browser needs seconds to lay out more rows.
const mostRows = 600;

/**
 * The chart as a table, for paper and for readers who do not see the chart: each state of each object with its
 * messages.
 */
const stateTable = ({ lanes }: ReportTimeline): HTMLElement => {
  const rows = lanes
    .filter(({ kind }) => kind !== 'steps')
    .flatMap(({ kind, name, bars }) => bars.map((bar) => ({ who: `${kindName(kind)} ${name}`, bar })));
  const details = element('details', 'as-table', [element('summary', '', ['The timeline as a table'])]);
  details.addEventListener('toggle', () => {
    if (!details.open || details.childElementCount > 1) return;
    const body = rows.slice(0, mostRows).map(({ who, bar }) =>
      element(
        'tr',
        bar.tone,
        [who, formatAt(bar.from), formatSpan(bar.to - bar.from), [bar.state, ...bar.texts].join(': ')].map(
          (each) => element('td', '', [each]),
        ),
      ),
    );
    details.append(
      element('table', '', [tableHead('Object', 'From', 'For', 'State'), element('tbody', '', body)]),
      rows.length > mostRows ? `${rows.length - mostRows} more states are in the picture only` : '',
    );
  });
  return details;
};
