import type { Act, Scene, Schedule } from './schedule.ts';

/** Makes a schedule smaller, step by step, for as long as it still fails. */
export const shrink = async (
  schedule: Schedule,
  fails: (smaller: Schedule) => Promise<boolean>,
): Promise<Schedule> => {
  for (const smaller of smallerOnes(schedule)) if (await fails(smaller)) return shrink(smaller, fails);
  return schedule;
};

function* smallerOnes(schedule: Schedule): Generator<Schedule> {
  const { initial, scenes, questions } = schedule;
  // The last scene is what everybody waits for.
  for (const fewer of withoutOne(scenes.slice(0, -1)))
    yield { ...schedule, scenes: [...fewer, ...scenes.slice(-1)] };
  // Indices point at questions, so the last one goes first.
  if (questions.length > 0) yield { ...schedule, questions: questions.slice(0, -1) };
  for (const fewer of withoutOne(initial)) yield { ...schedule, initial: fewer };
  for (const [index, scene] of scenes.entries())
    for (const smaller of smallerScenes(scene, index === scenes.length - 1))
      yield { ...schedule, scenes: scenes.with(index, smaller) };
  for (const [index, { never, allowing, startingAs, ...rest }] of questions.entries()) {
    if (never !== undefined || allowing.length > 0 || startingAs !== undefined)
      yield { ...schedule, questions: questions.with(index, { ...rest, allowing: [] }) };
    for (const steps of withoutOne(rest.steps))
      if (steps.length > 0)
        yield {
          ...schedule,
          questions: questions.with(index, { ...(questions[index] as typeof rest), allowing, steps }),
        };
  }
}

function* smallerScenes(scene: Scene, isLast: boolean): Generator<Scene> {
  const { before, forget, answer } = scene;
  for (const fewer of withoutOne(before)) yield { ...scene, before: fewer };
  if (forget) yield { ...scene, forget: false };
  if ('refused' in answer) {
    if (answer.ask !== undefined) yield { ...scene, answer: { refused: answer.refused } };
    return;
  }
  if (answer.cutList) yield { ...scene, answer: { ...answer, cutList: false } };
  if (isLast) return;
  for (const acts of withoutOne(answer.acts)) yield { ...scene, answer: { ...answer, acts } };
  for (const [index, act] of answer.acts.entries())
    for (const smaller of smallerActs(act))
      yield { ...scene, answer: { ...answer, acts: answer.acts.with(index, smaller) } };
  if (answer.ends !== 'end') yield { ...scene, answer: { ...answer, ends: 'end' } };
}

function* smallerActs(act: Act): Generator<Act> {
  if (!('write' in act)) return;
  if (act.how !== 'whole') yield { ...act, how: 'whole' };
  for (const write of withoutOne(act.write)) if (write.length > 0) yield { ...act, write };
}

const withoutOne = <T>(all: readonly T[]): T[][] => all.map((_, index) => all.toSpliced(index, 1));
