import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry, Timeline } from '../../../e2e/history/timeline.ts';
import type { Lamp } from '../lamps.ts';
import { type Answer, answerOf, toExpectation } from './ask.ts';
import type { Observe } from './observe.ts';
import type { Question, Schedule } from './schedule.ts';
import { type Director, openWorld, type World } from './world.ts';

/** A starting point: its sequence in the timeline, and its version in the world. */
export type Position = { sequence: number; version: number };

/** An answer of the code under test. `to` is the version of the world at that time. */
export type Answered = Answer & {
  question: Question;
  from: Position;
  to: number;
  how: 'live' | 'in the end' | 'asked' | 'asked while cut off';
};

/** The outcome of a schedule. */
export type Outcome = {
  problems: string[];
  /** The timeline at the end of the schedule. */
  entries: readonly Entry<Lamp>[];
  present: Lamp[];
  world: World;
  answers: Answered[];
};

/** The code under test, and the deadline in ms for a watcher that never ends. */
type Stage = { observe: Observe; deadline: number };

const owner = 'a schedule';
const lamps = { group: 'corral.test', version: 'v1', plural: 'lamps' };

/** Runs a schedule to its end while the watcher follows it, and collects what the watcher reported. */
export const runSchedule = async (schedule: Schedule, { observe, deadline }: Stage): Promise<Outcome> => {
  const live = Promise.withResolvers<void>();
  const over = new AbortController();
  const marks: Position[] = [];
  const answers: Promise<Answered>[] = [];
  let watched: Timeline<Lamp> | undefined;

  const answered = async (
    question: Question,
    how: () => Answered['how'],
    ask: (timeline: Timeline<Lamp>, sequence: number) => Promise<Answer>,
  ) => {
    const from =
      question.from === undefined
        ? { sequence: 0, version: world.given.lists[0] ?? 0 }
        : marks[question.from];
    if (from === undefined || watched === undefined) return;
    const answer = ask(watched, from.sequence).then((given) => {
      return { ...given, question, from, to: world.store.version, how: how() };
    });
    answers.push(answer);
    await answer;
  };
  const askLive = (mark: number | undefined) => {
    for (const question of schedule.questions.filter(({ from }) => from === mark))
      answered(
        question,
        () => 'live',
        (timeline, from) =>
          answerOf(() => toExpectation(observe, { timeline, question, sequence: from }).within('1h', owner)),
      );
  };
  const director: Director = {
    live: live.promise,
    mark: () => {
      if (watched === undefined) return;
      askLive(marks.push({ sequence: watched.lastSequence(), version: world.given.version }) - 1);
    },
    ask: async (index) => {
      const question = schedule.questions[index];
      const { isReading } = world.given;
      if (question === undefined) return;
      const how = () => (isReading && world.given.isReading ? 'asked' : 'asked while cut off');
      await answered(question, how, async (timeline, sequence) => {
        const answer = await answerOf(() =>
          toExpectation(observe, { timeline, question, sequence }).within('1ms', owner),
        );
        return { ...answer, until: Math.min(answer.until, timeline.lastSequence()) };
      });
    },
  };
  const world = openWorld(schedule, director, observe);

  const toTheEnd = async () => {
    const timing = {
      lifetime: 60_000,
      get silence() {
        return world.silence();
      },
      pause: { first: 1, longest: 3 },
      patience: deadline,
    };
    const timeline = await observe.followWith<Lamp>(world.cluster, lamps, { timing, signal: over.signal });
    watched = timeline;
    askLive(undefined);
    live.resolve();
    await Promise.race([world.over, new Promise<never>((_, reject) => timeline.onFailure(reject))]);
    if (world.open() > 1) throw new Error(`${world.open()} watches were open`);
  };
  const problems = await inTime(toTheEnd(), { deadline, what: 'get to the end' });
  const [entries, present] = [[...(watched?.entries ?? [])], watched?.objects() ?? []];
  for (const question of schedule.questions) {
    answered(
      question,
      () => 'in the end',
      (timeline, sequence) =>
        answerOf(() => observe.evaluate(toExpectation(observe, { timeline, question, sequence }))),
    );
  }
  over.abort(new Error('the schedule is over'));
  problems.push(...(await inTime(watched?.stop(), { deadline, what: 'stop' })));
  if (world.open() > 0) problems.push('the watcher did not let go of its connections');
  return { problems, entries, present, world, answers: await Promise.all(answers) };
};

const inTime = async (
  work: Promise<unknown> = Promise.resolve(),
  { deadline, what }: { deadline: number; what: string },
): Promise<string[]> => {
  const done = new AbortController();
  const late = sleep(deadline, [`the watcher did not ${what} within ${deadline / 1000} s`], {
    signal: done.signal,
  });
  const problems = await Promise.race([
    late,
    work.then(
      () => [],
      (error: Error) => [`the watcher did not ${what}: ${error.message}`],
    ),
  ]);
  late.catch(() => {});
  done.abort();
  return problems;
};
