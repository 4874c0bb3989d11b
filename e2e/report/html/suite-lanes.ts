import type { Bar, ChartSymbol, Lane, ReportSentence } from './data.ts';
import type { HistoryLineOf, MarkerLine } from './read-history.ts';

type Said<Field extends keyof MarkerLine> = MarkerLine & { [Key in Field]-?: NonNullable<MarkerLine[Key]> };

/** The markers that have a field, in their order. */
export const markersOf = <Field extends keyof MarkerLine>(
  lines: readonly HistoryLineOf[],
  field: Field,
): Said<Field>[] =>
  lines.filter((line): line is Said<Field> => 'marker' in line && line[field] !== undefined);

/** An empty lane for an object or for an activity of the suite. */
export const emptyLane = (kind: string, name: string): Lane => ({
  kind,
  name,
  bars: [],
  symbols: [],
  expectations: [],
  gaps: [],
  events: [],
});

/** The sentences of a scenario with their times from the history. */
export const sentencesOfHistory = (lines: readonly HistoryLineOf[]): ReportSentence[] => {
  const byId = Map.groupBy(markersOf(lines, 'step'), ({ step }) => step.id);
  return [...byId.values()].map((markers) => {
    const begins = markers.find(({ step }) => step.phase === 'begins');
    const ended = markers.find(({ step }) => step.phase !== 'begins');
    const { sentence } = (ended ?? begins ?? (markers[0] as Said<'step'>)).step;
    const state =
      ended === undefined
        ? 'unfinished'
        : (ended.step.phase as Exclude<ReportSentence['state'], 'unfinished'>);
    return { sentence, state, from: begins?.at ?? ended?.at ?? null, to: ended?.at ?? null };
  });
};

const stepTones = {
  passed: 'good',
  failed: 'bad',
  'known-bug': 'bad',
  noted: 'quiet',
  unfinished: 'waiting',
} as const;

const sentenceBars = (sentences: readonly ReportSentence[], seconds: number): Bar[] =>
  sentences.flatMap(({ sentence, state, from, to }, index): Bar[] =>
    from === null || state === 'noted'
      ? []
      : [
          {
            from,
            to: to ?? seconds,
            state: `${index + 1} ${sentence}`,
            tone: stepTones[state],
            texts: state === 'passed' ? [] : [state],
          },
        ],
  );

/** The lane of the suite: its steps as bars, and remarks, findings and other markers as symbols. */
export const stepLane = (
  lines: readonly HistoryLineOf[],
  sentences: readonly ReportSentence[],
  seconds: number,
): Lane => {
  const noted = markersOf(lines, 'step').filter(({ step }) => step.phase === 'noted');
  const findings = markersOf(lines, 'finding');
  const fields = ['step', 'fault', 'lock', 'finding', 'expectation'] as const;
  const others = markersOf(lines, 'marker').filter((line) =>
    fields.every((field) => line[field] === undefined),
  );
  const symbols: ChartSymbol[] = [
    ...noted.map(({ at, step }): ChartSymbol => ({ at, shape: 'note', text: step.sentence })),
    ...findings.map(
      ({ at, finding }): ChartSymbol => ({ at, shape: 'finding', text: `finding: ${finding.title}` }),
    ),
    ...others.map(({ at, marker }): ChartSymbol => ({ at, shape: 'step', text: marker })),
  ];
  return {
    ...emptyLane('steps', 'steps'),
    bars: sentenceBars(sentences, seconds),
    symbols: symbols.toSorted((one, other) => one.at - other.at),
  };
};

const faultPhases = {
  entered: { state: 'about to be made', tone: 'waiting' },
  injected: { state: 'made', tone: 'busy' },
  proved: { state: 'proved to be in force', tone: 'going' },
  failed: { state: 'failed', tone: 'bad' },
} as const;

/** A lane for each fault: created, proved, ended. */
export const faultLanes = (lines: readonly HistoryLineOf[], seconds: number): Lane[] => {
  const byFault = Map.groupBy(markersOf(lines, 'fault'), ({ fault }) => fault.id);
  return [...byFault.values()].map((markers) => {
    const bars = markers.flatMap(({ at, fault }, index): Bar[] => {
      if (fault.phase === 'healed') return [];
      const to = markers[index + 1]?.at ?? seconds;
      return [{ from: at, to, ...faultPhases[fault.phase], texts: fault.detail ? [fault.detail] : [] }];
    });
    const symbols = markers.map(({ at, fault }): ChartSymbol => {
      const text = `${fault.name}: ${fault.phase}${fault.detail ? `, ${fault.detail}` : ''}`;
      return { at, shape: fault.phase === 'failed' ? 'bad' : 'fault', text };
    });
    return { ...emptyLane('fault', markers[0]?.fault.name ?? ''), bars, symbols };
  });
};

/** The lane of the locks of the scenario, with the time that it waited for them. None if it took no lock. */
export const lockLanes = (lines: readonly HistoryLineOf[], seconds: number): Lane[] => {
  const markers = markersOf(lines, 'lock');
  if (markers.length === 0) return [];
  const bars = markers.flatMap(({ at, lock }, index): Bar[] => {
    if (lock.phase === 'gave-back') return [];
    const things = lock.things.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
    const state = lock.phase === 'asks' ? 'waiting' : 'held';
    return [
      {
        from: at,
        to: markers[index + 1]?.at ?? seconds,
        state,
        tone: lock.phase === 'asks' ? 'waiting' : 'good',
        texts: things,
      },
    ];
  });
  return [{ ...emptyLane('lock', 'locks'), bars }];
};

/** The lane of the gaps in all watches. None if no watch has a gap. */
export const gapLanes = (
  lines: readonly HistoryLineOf[],
  gapsOf: (resource: string) => Lane['gaps'],
): Lane[] => {
  const resources = new Set(
    lines.flatMap((line) => ('type' in line && line.type === 'GAP' ? line.resource : [])),
  );
  if (resources.size === 0) return [];
  const gaps = [...resources].flatMap((resource) =>
    gapsOf(resource).map((gap) => ({ ...gap, reason: `${resource}: ${gap.reason}` })),
  );
  return [
    { ...emptyLane('gap', 'gaps in the watch'), gaps: gaps.toSorted((one, other) => one.from - other.from) },
  ];
};
