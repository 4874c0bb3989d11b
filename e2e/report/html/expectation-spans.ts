import { formatDuration } from '../../kube/duration.ts';
import type { ExpectationSpan, Lane } from './data.ts';
import { laneKey } from './object-lanes.ts';
import { type HistoryLineOf, outcomeOf } from './read-history.ts';
import { emptyLane, markersOf } from './suite-lanes.ts';

// If an expectation is about several objects, or has a single step, its label describes it completely.
const describeAwaited = (label: string, steps: readonly string[]): string =>
  steps.length === 0 || steps.join() === label ? label : `${label} goes ${steps.join(' → ')}`;

const toSpan = (markers: ReturnType<typeof markersOf<'expectation'>>, seconds: number): ExpectationSpan => {
  const set = markers[0]?.expectation;
  const decided = markers.find(({ expectation }) => expectation.phase !== 'set');
  const reached = decided?.expectation.reached ?? [];
  // An expectation with a single step has no `reached` list, so its step gets the time of the decision.
  const metAt = decided?.expectation.phase === 'met' ? decided.at : null;
  const { limit, atMost, owner } = set ?? {};
  return {
    from: set?.from ?? markers[0]?.at ?? 0,
    to: decided?.at ?? seconds,
    state: decided === undefined ? 'open' : (outcomeOf(decided.expectation) as ExpectationSpan['state']),
    label: describeAwaited(set?.label ?? '', set?.steps ?? []),
    steps: (set?.steps ?? []).map((label, index) => ({ label, at: stepAt(reached, label, index) ?? metAt })),
    reason: decided?.expectation.reason ?? null,
    limit: limit === undefined ? null : describeLimit(limit, { atMost, owner }),
  };
};

const describeLimit = (
  limit: number,
  { atMost, owner }: { atMost: number | undefined; owner: string | undefined },
): string =>
  [
    atMost === undefined
      ? formatDuration(limit * 1000)
      : `${formatDuration(limit * 1000)} without a change, or ${formatDuration(atMost * 1000)} in all`,
    ...(owner ? [owner] : []),
  ].join(', ');

// The same state may occur twice. Its index identifies the step; the label is only used if the indexes do not match.
const stepAt = (
  reached: readonly { label: string; at?: number | null }[],
  label: string,
  index: number,
): number | null => {
  const found =
    reached[index]?.label === label ? reached[index] : reached.find((each) => each.label === label);
  return found?.at ?? null;
};

/** Adds each expectation to the lane of its object. If the object was never seen, it creates a lane. */
export const addExpectationSpans = (
  lanes: Map<string, Lane>,
  lines: readonly HistoryLineOf[],
  seconds: number,
): void => {
  const byExpectation = Map.groupBy(markersOf(lines, 'expectation'), ({ expectation }) => expectation.id);
  for (const markers of byExpectation.values()) {
    const { resource = '', name: named } = markers[0]?.expectation ?? {};
    const name = named ?? '';
    const key = laneKey(resource, name);
    const lane = lanes.get(key) ?? emptyLane(resource, name);
    lanes.set(key, lane);
    lane.expectations.push(toSpan(markers, seconds));
  }
};
