import type { Question, Scene, Schedule, Stream } from './schedule.ts';
import type { Write } from './store.ts';

const scene = (answer: Scene['answer'], { before = [], forget = false }: Partial<Scene> = {}): Scene => ({
  before,
  forget,
  answer,
});
const stream = (acts: Stream['acts'] = [], ends: Stream['ends'] = 'end'): Stream => ({
  goneAs: 'status',
  cutList: false,
  acts,
  ends,
});
const write = (...changes: Write[]): Stream['acts'][number] => ({ write: changes, how: 'whole' });
const goes = (name: string, ...steps: string[]): Question => ({ name, steps, allowing: [] });
const schedule = (scenes: Scene[], ...questions: Question[]): Schedule => ({
  initial: [],
  scenes: [scene(stream()), ...scenes, scene(stream([write({ name: 'last', state: 'on' })], 'stays'))],
  questions,
});

const hall = (state: string): Write => ({ name: 'hall', state });
const attic = (state: string): Write => ({ name: 'attic', state });
const brief = (state: string): Write[] => [attic(state), { name: 'attic', gone: true }];

/** Minimal schedules that each found a bug, by the requirement that the bug violated. */
export const known: Record<string, Schedule> = {
  'an event that is sent twice happened once': schedule([scene(stream([write(hall('off')), { repeat: 1 }]))]),
  'an event that comes late is no new state, but a gap': schedule([
    scene(stream([{ write: [hall('off'), attic('on')], how: 'reordered' }])),
  ]),
  'a line of a type that is not known is no state': schedule([scene(stream([], 'stranger'))]),
  'errors that pass are no gap after a long outage': schedule([
    ...Array.from({ length: 8 }, () => scene({ refused: 503 })),
    scene(stream([], 'error')),
  ]),
  'a server that has just started refuses what it allows a moment later': schedule([scene({ refused: 403 })]),
  'a watch without a connection cannot tell what did not happen': schedule(
    [scene({ refused: 'reset', ask: 0 }, { before: [hall('on')] })],
    goes('hall', 'on'),
  ),
  'an object that is made behind a gap may be another one than was in it': schedule(
    [
      scene(stream(), { before: [hall('off')], forget: true }),
      scene(stream([write(hall('on'))]), { before: [{ name: 'hall', gone: true }] }),
    ],
    goes('hall', 'on'),
  ),
  'another object may come and go in a gap while the first is what it must not be': schedule(
    [
      scene(stream([write(hall('on'))])),
      scene(stream(), { before: brief('hot'), forget: true }),
      scene(stream([write(hall('off'))])),
    ],
    { ...goes('hall', 'on', 'off'), never: { step: 'on', other: 'attic', is: 'hot' } },
    { ...goes('hall', 'hot'), allowing: ['on', 'off'], never: { step: 'on', other: 'attic', is: 'hot' } },
  ),
  'what is met within a gap is not broken by what stands behind it': schedule(
    [scene({ refused: 'reset' }, { before: [hall('on'), attic('off')], forget: true })],
    { ...goes('hall', 'on'), never: { step: 'on', other: 'attic', is: 'off' } },
  ),
  'a listing of nothing ends a gap': schedule(
    [
      scene(stream(), { before: brief('on'), forget: true }),
      scene(stream([{ mark: true }, write(hall('on')), write(hall('off'))])),
    ],
    { ...goes('hall', 'on', 'off'), from: 0 },
  ),
  'a first listing is of one moment': {
    ...schedule([], { ...goes('attic', 'on'), never: { step: 'on', other: 'hall', is: 'on' } }),
    initial: [attic('on'), hall('on')],
  },
};
