import { createStore, type Write } from '../../support/stream-server-store.ts';
import { createRandom, type Random } from './random.ts';
import type { Act, Ending, Question, Refusal, Scene, Schedule, Stream } from './schedule.ts';

type Names = readonly [string, ...string[]];

const names: Names = ['hall', 'attic', 'cellar'];
// Some of more than a byte a character, which a piece of a stream can end within.
const states = ['off', 'on', 'hot', 'gedämpft', '☀', '💡'] as const;

/** Makes the schedule of a seed. */
export const generate = (seed: number): Schedule => {
  const random = createRandom(seed);
  const writing = writer(random);
  const initial = writing(3);
  const first = scene(random, writing, { ...stream(random, writing), cutList: false, ends: random.pick(['end', 'cut', 'error']) });
  const rest = random.times(1 + random.below(6), () => sceneOrStreak(random, writing)).flat();
  const scenes = [...beginning(random), first, ...rest, end()];
  const questions = questionsOn(random, { initial, scenes });
  for (const { answer } of scenes) {
    if (!('refused' in answer)) sprinkle(random, answer, questions.length);
    else if (random.chance(0.3)) answer.ask = random.below(questions.length);
  }
  return { initial, scenes, questions };
};

/** Makes so many changes, at most. */
type Writing = (most: number) => Write[];

// Short lives and clashes of states are what goes wrong, so few objects are changed often, and often to what they were.
const writer = (random: Random): Writing => {
  const few = names.slice(0, 1 + random.below(names.length)) as unknown as Names;
  const mortality = random.pick([0.1, 0.2, 0.5]);
  const write = (): Write => {
    const name = random.pick(few);
    return random.chance(mortality)
      ? { name, gone: true }
      : { name, state: random.chance(0.6) ? random.pick(['off', 'on']) : random.pick(states) };
  };
  return (most) => random.times(random.below(most + 1), write);
};

// Whatever else is wrong with the first answers is told to whoever asked for the watch.
const beginning = (random: Random): Scene[] =>
  random.chance(0.2) ? [{ before: [], forget: random.chance(0.5), answer: { refused: random.pick([410, 429]) } }] : [];

const end = (): Scene => ({
  before: [],
  forget: false,
  answer: { goneAs: 'status', cutList: false, acts: [{ write: [{ name: 'last', state: 'on' }], how: 'whole' }], ends: 'stays' },
});

const scene = (random: Random, writing: Writing, answer: Scene['answer']): Scene => {
  const before = writing(3);
  // What comes and goes while nobody can see it is the worst, and rare by itself.
  if (!random.chance(0.15)) return { before, forget: random.chance(0.2), answer };
  const name = random.pick(names);
  const brief: Write[] = [
    { name, gone: true },
    { name, state: random.pick(states) },
    { name, gone: true },
  ];
  return { before: [...before, ...brief, ...writing(1)], forget: random.chance(0.7), answer };
};

/** Mostly one scene; now and then an error that comes again and again, at times for ever as far as the watcher can tell. */
const sceneOrStreak = (random: Random, writing: Writing): Scene[] => {
  if (!random.chance(0.06)) return [scene(random, writing, random.chance(0.3) ? refusal(random) : stream(random, writing))];
  const error = (): Scene['answer'] =>
    random.chance(0.2) ? refusal(random) : { goneAs: 'status', cutList: false, acts: [], ends: 'error' };
  return random.times(2 + random.below(6), () => ({ before: [], forget: false, answer: error() }));
};

const refusal = (random: Random): Refusal => ({
  refused: random.pick(['reset', 'reset', 'silence', 401, 403, 404, 408, 410, 429, 429, 500, 502, 503, 504]),
  ...(random.chance(0.2) && { retryAfter: 1 }),
});

const endings = ['end', 'end', 'cut', 'cut', 'cut', 'reset', 'half-line', 'noise', 'stranger', 'stall', 'error', 'error', 'gone'] as const;

const stream = (random: Random, writing: Writing): Stream => {
  const acts = random.times(random.below(4), () => act(random, writing));
  if (random.chance(0.2)) acts.push({ write: writing(4), how: 'hasty' });
  return { goneAs: random.pick(['status', 'event']), cutList: random.chance(0.1), acts, ends: random.pick<Ending>(endings) };
};

const act = (random: Random, writing: Writing): Act => {
  if (random.chance(0.2)) return { bookmark: true };
  if (random.chance(0.1)) return { repeat: 1 + random.below(3) };
  const how = random.pick(['whole', 'whole', 'whole', 'bytes', 'split', 'twice', random.chance(0.5) ? 'reordered' : 'whole'] as const);
  return { write: writing(how === 'reordered' ? 4 : 2), how };
};

/** Questions and waits, at moments when all that was sent has been read. */
const sprinkle = (random: Random, { acts }: Stream, questions: number): void => {
  const put = (one: Act) => {
    const isHasty = acts.some((each) => 'how' in each && each.how === 'hasty');
    acts.splice(random.below(acts.length + (isHasty ? 0 : 1)), 0, one);
  };
  if (random.chance(0.3)) put({ ask: random.below(questions) });
  if (random.chance(0.3)) put({ wait: { name: random.pick(names), ...(random.chance(0.7) && { state: random.pick(states) }) } });
};

type Told = { initial: Write[]; scenes: Scene[] };

/** Questions that are true, and such that are nearly so. */
const questionsOn = (random: Random, told: Told): Question[] => {
  const marks = markSome(random, told.scenes);
  // A state that was, more often than any at all.
  const stateOf = (name: string, from: number | undefined) => {
    const lived = statesOf(told, name, from).filter((state) => state !== 'gone');
    return lived.length > 0 && random.chance(0.7) ? random.pick(lived as unknown as Names) : random.pick<string>(states);
  };
  return random.times(6, () => {
    const from = marks > 0 && random.chance(0.4) ? random.below(marks) : undefined;
    const name = random.pick(names);
    const other = random.pick(names);
    return {
      name,
      steps: stepsOf(random, statesOf(told, name, from)),
      allowing: random.times(random.below(3) && random.below(3), () => random.pick(states)),
      ...(random.chance(0.15) && { startingAs: random.times(1 + random.below(3), () => random.pick(states)) }),
      ...(random.chance(0.6) && other !== name && { never: { step: stateOf(name, from), other, is: stateOf(other, undefined) } }),
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

/** The states that an object goes through, each once in a row, from a mark on; marks are counted as if each scene were reached once. */
const statesOf = ({ initial, scenes }: Told, name: string, from: number | undefined): string[] => {
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
  const later = store.history.filter(({ version, object }) => version > start && object.metadata.name === name);
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
  const whole = (end === -1 ? steps : steps.slice(0, end + 1)).filter((state, index, all) => state !== all[index - 1]);
  return whole.length > 0 ? whole : [random.pick(states)];
};
