import { type Names, names, questionsOn, states } from './generate-questions.ts';
import { createRandom, type Random } from './random.ts';
import type { Act, Ending, Refusal, Scene, Schedule, Stream } from './schedule.ts';
import type { Write } from './store.ts';

/** Makes the schedule of a seed. */
export const generate = (seed: number): Schedule => {
  const random = createRandom(seed);
  const writing = writer(random);
  const initial = writing(3);
  const first = scene(random, writing, {
    ...stream(random, writing),
    cutList: false,
    ends: random.pick(['end', 'cut', 'error']),
  });
  const rest = random.times(1 + random.below(6), () => sceneOrStreak(random, writing)).flat();
  const scenes = [...beginning(random), first, ...rest, end()];
  const questions = questionsOn(random, { initial, scenes });
  for (const { answer } of scenes) {
    if (!('refused' in answer)) sprinkle(random, answer, questions.length);
    else if (random.chance(0.3)) answer.ask = random.below(questions.length);
  }
  return { initial, scenes, questions };
};

/** Makes at most this number of changes. */
type Writing = (most: number) => Write[];

// Errors come from objects that live shortly and from states that repeat. So few objects change often, and often back
// to an earlier state.
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

// Any other error in the first answers goes to the caller that opened the watch.
const beginning = (random: Random): Scene[] =>
  random.chance(0.2)
    ? [{ before: [], forget: random.chance(0.5), answer: { refused: random.pick([410, 429]) } }]
    : [];

const end = (): Scene => ({
  before: [],
  forget: false,
  answer: {
    goneAs: 'status',
    cutList: false,
    acts: [{ write: [{ name: 'last', state: 'on' }], how: 'whole' }],
    ends: 'stays',
  },
});

const scene = (random: Random, writing: Writing, answer: Scene['answer']): Scene => {
  const before = writing(3);
  // An object that comes and goes during a gap is the hardest case, and rare by chance.
  if (!random.chance(0.15)) return { before, forget: random.chance(0.2), answer };
  const name = random.pick(names);
  const gone = { name, gone: true } as const;
  const brief: Write[] = [gone, { name, state: random.pick(states) }, gone];
  return { before: [...before, ...brief, ...writing(1)], forget: random.chance(0.7), answer };
};

/**
 * Mostly one scene. Sometimes an error that repeats, and sometimes so often that the watcher must give up.
 */
const sceneOrStreak = (random: Random, writing: Writing): Scene[] => {
  if (!random.chance(0.06))
    return [scene(random, writing, random.chance(0.3) ? refusal(random) : stream(random, writing))];
  const error = (): Scene['answer'] =>
    random.chance(0.2) ? refusal(random) : { goneAs: 'status', cutList: false, acts: [], ends: 'error' };
  return random.times(2 + random.below(6), () => ({ before: [], forget: false, answer: error() }));
};

const refusal = (random: Random): Refusal => ({
  refused: random.pick(['reset', 'reset', 'silence', 401, 403, 404, 408, 410, 429, 429, 500, 502, 503, 504]),
});

const often = 'end end cut cut cut cut half-line noise stranger stall error error gone';
const endings = often.split(' ') as [Ending, ...Ending[]];

const stream = (random: Random, writing: Writing): Stream => {
  const acts = random.times(random.below(4), () => act(random, writing));
  if (random.chance(0.2)) acts.push({ write: writing(4), how: 'hasty' });
  const [goneAs, cutList] = [random.pick(['status', 'event'] as const), random.chance(0.1)];
  return { goneAs, cutList, acts, ends: random.pick(endings) };
};

const act = (random: Random, writing: Writing): Act => {
  if (random.chance(0.2)) return { bookmark: true };
  if (random.chance(0.1)) return { repeat: 1 + random.below(3) };
  const rare = random.chance(0.5) ? 'reordered' : 'whole';
  const how = random.pick(['whole', 'whole', 'whole', 'bytes', 'split', 'twice', rare] as const);
  return { write: writing(how === 'reordered' ? 4 : 2), how };
};

/** Adds questions, at moments when everything sent has been read. */
const sprinkle = (random: Random, { acts }: Stream, questions: number): void => {
  if (!random.chance(0.3)) return;
  const isHasty = acts.some((each) => 'how' in each && each.how === 'hasty');
  acts.splice(random.below(acts.length + (isHasty ? 0 : 1)), 0, { ask: random.below(questions) });
};
