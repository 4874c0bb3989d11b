import type { Random } from './random.ts';
import type { Question, Scene } from './schedule.ts';
import { createStore, type Write } from './store.ts';

/** At least one name. */
export type Names = readonly [string, ...string[]];

/** The objects of all schedules. */
export const names: Names = ['hall', 'attic', 'cellar'];

/** Their states. Some have characters of several bytes, so that a chunk can end inside a character. */
export const states = ['off', 'on', 'hot', 'gedämpft', '☀', '💡'] as const;

type ScheduleStates = { initial: Write[]; scenes: Scene[] };

/** Questions whose answer is yes, and others that differ slightly. */
export const questionsOn = (random: Random, schedule: ScheduleStates): Question[] => {
  const marks = markSome(random, schedule.scenes);
  // Mostly a state that the object had, sometimes any state.
  const stateOf = (name: string, from: number | undefined) => {
    const lived = statesOf(schedule, name, from).filter((state) => state !== 'gone');
    return lived.length > 0 && random.chance(0.7)
      ? random.pick(lived as unknown as Names)
      : random.pick<string>(states);
  };
  return random.times(6, () => {
    const from = marks > 0 && random.chance(0.4) ? random.below(marks) : undefined;
    const name = random.pick(names);
    const other = random.pick(names);
    return {
      name,
      steps: stepsOf(random, statesOf(schedule, name, from)),
      allowing: random.times(random.below(3) && random.below(3), () => random.pick(states)),
      ...(random.chance(0.15) && {
        startingAs: random.times(1 + random.below(3), () => random.pick(states)),
      }),
      ...(random.chance(0.6) &&
        other !== name && { never: { step: stateOf(name, from), other, is: stateOf(other, undefined) } }),
      ...(from !== undefined && { from }),
    };
  });
};

const markSome = (random: Random, scenes: Scene[]): number => {
  const streams = scenes.flatMap(({ answer }) => ('refused' in answer ? [] : [answer]));
  const marked = streams.filter(() => random.chance(0.3));
  for (const { acts } of marked) acts.unshift({ mark: true });
  return marked.length;
};

/**
 * The states of an object after a mark, without repetitions in a row. Marks are counted as if each scene were reached
 * once.
 */
const statesOf = ({ initial, scenes }: ScheduleStates, name: string, from: number | undefined): string[] => {
  const store = createStore();
  const apply = (changes: Write[]) => changes.forEach(store.write);
  apply(initial);
  let start = from === undefined ? 0 : Number.POSITIVE_INFINITY;
  let marks = 0;
  for (const { before, answer } of scenes) {
    apply(before);
    for (const act of 'refused' in answer ? [] : answer.acts) {
      if ('write' in act) apply(act.write);
      if ('mark' in act) {
        if (marks === from) start = store.version;
        marks += 1;
      }
    }
  }
  const inForce = store
    .objectsAt(start === Number.POSITIVE_INFINITY ? store.version : start)
    .find(({ metadata }) => metadata.name === name);
  const later = store.history.filter(
    ({ version, object }) => version > start && object.metadata.name === name,
  );
  const all = [
    ...(inForce ? [inForce.status.state] : []),
    ...later.map(({ type, object }) => (type === 'DELETED' ? 'gone' : object.status.state)),
  ];
  return all.filter((state, index) => state !== all[index - 1]);
};

const stepsOf = (random: Random, lived: string[]): string[] => {
  const start = random.below(Math.min(lived.length, 4));
  const steps = lived.slice(start, start + 1 + random.below(5));
  if (steps.length > 0 && random.chance(0.35)) {
    const at = random.below(steps.length);
    if (random.chance(0.5)) steps.splice(at, 1);
    else steps[at] = random.pick(states);
  }
  const end = steps.indexOf('gone');
  const whole = (end === -1 ? steps : steps.slice(0, end + 1)).filter(
    (state, index, all) => state !== all[index - 1],
  );
  return whole.length > 0 ? whole : [random.pick(states)];
};
