import { expectHistory } from '../../e2e/history/expectation.ts';
import { namedState } from '../../e2e/history/named-state.ts';
import { type ReplayedTimeline, replayTimeline } from '../../e2e/history/replay.ts';
import type { KubernetesObject } from '../../e2e/kube/objects.ts';

/** An object for tests of code that works with any kind. */
export type Lamp = KubernetesObject & { status: { state: string } };

/** A lamp in a state, with this resourceVersion. */
export const lamp = (name: string, state: string, resourceVersion: number, uid = `uid-of-${name}`): Lamp => ({
  kind: 'Lamp',
  metadata: { name, uid, resourceVersion: String(resourceVersion) },
  status: { state },
});

export const is = namedState('lamp-is', (state: string) => ({
  label: state,
  matches: ({ status }: Lamp) => status.state === state,
}));

/**
 * Pushes events into a timeline, one per second. `hall:on`: a change (the first one adds the object). `hall:gone`: a
 * deletion. `hall=on`: a listing found it unchanged. `hall~on`: a listing found it changed. `hall!on`: another object
 * has its name. `gap`: a gap.
 */
export const timelineOf = (...events: string[]): ReplayedTimeline<Lamp> => {
  const timeline = replayTimeline<Lamp>('lamps');
  for (const event of events) pushEvent(timeline, event);
  return timeline;
};

/** Pushes one more event. */
export const pushEvent = (timeline: ReplayedTimeline<Lamp>, event: string): void => {
  const second = timeline.entries.length + 1;
  const at = second * 1000;
  if (event === 'gap') {
    timeline.push({ kind: 'gap', at, since: at - 1000, reason: 'compacted' });
    return;
  }
  const [, name = '', sign, state = ''] = /^(\w+)([:=~!])(\w+)$/.exec(event) ?? [];
  const before = timeline.current(name);
  if (state === 'gone') timeline.push({ kind: 'deleted', at, object: before ?? lamp(name, 'off', second) });
  else if (sign === '=') timeline.push({ kind: 'listed', at, object: before ?? lamp(name, state, second) });
  else if (sign === '~') timeline.push({ kind: 'listed', at, object: lamp(name, state, second) });
  else if (sign === '!')
    timeline.push({ kind: 'added', at, object: lamp(name, state, second, 'another-uid') });
  else {
    const kind = before === undefined ? 'added' : 'modified';
    timeline.push({ kind, at, object: lamp(name, state, second) });
  }
};

/** Starts an expectation about the lamp in the hall. */
export const hall = (timeline: ReplayedTimeline<Lamp>) =>
  expectHistory(timeline, { name: 'hall', label: 'the hall lamp', describe: ({ status }) => status.state });
