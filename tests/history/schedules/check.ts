import type { Entry, GapEntry, ObjectEntry } from '../../../e2e/history/timeline.ts';
import type { Lamp } from '../lamps.ts';
import { checkAnswers } from './check-answers.ts';
import type { Outcome } from './run-schedule.ts';

/** A part of a timeline: from a listing to the next gap, or to the end. */
export type Stretch = {
  /** The version of the listing. */
  from: number;
  /** The version up to which everything was reported. */
  known: number;
  listed: ObjectEntry<Lamp>[];
  inferred: ObjectEntry<Lamp>[];
  seen: ObjectEntry<Lamp>[];
  gap: GapEntry | undefined;
};

/** Returns all errors in the outcome of a schedule, compared with the history of its world. */
export const check = (outcome: Outcome): string[] => {
  const { entries, present, world } = outcome;
  const problems = [...world.problems, ...outcome.problems];
  const stretches = stretchesOf(outcome);
  const { losses, lists } = world.given;
  const gaps = stretches.filter(({ gap }) => gap !== undefined).length;
  // If the watcher was stopped early, only the reason counts, and not what it lacks.
  if (problems.length > 0) return problems;
  if (gaps !== losses.length) return [`${gaps} gaps, where ${losses.length} stretches were lost beyond help`];
  if (lists.length !== gaps + 1) return [`${lists.length} lists for ${gaps} gaps`];
  const wrong = stretches.flatMap((stretch, index) => checkStretch(stretch, stretches[index - 1], outcome));
  const names = (objects: Lamp[]) =>
    objects.map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).sort();
  const [have, should] = [names(present), names(world.store.objectsAt(world.store.version))].map(String);
  if (have !== should) wrong.push(`in the end it has ${have}, where there is ${should}`);
  if (entries.some(({ sequence }, index) => sequence <= (entries[index - 1]?.sequence ?? 0)))
    wrong.push('its sequences do not rise');
  // If the timeline is wrong, its verdicts prove nothing.
  return wrong.length > 0 ? wrong : checkAnswers(outcome, stretches);
};

const stretchesOf = ({ entries, world }: Outcome): Stretch[] => {
  const empty = (): Stretch => ({ from: 0, known: 0, listed: [], inferred: [], seen: [], gap: undefined });
  const stretches = [empty()];
  for (const entry of entries as Entry<Lamp>[]) {
    const stretch = stretches.at(-1) as Stretch;
    if (entry.kind === 'gap') {
      stretch.gap = entry;
      stretches.push(empty());
    } else if (entry.kind === 'listed') stretch.listed.push(entry);
    else if (entry.inferred) stretch.inferred.push(entry);
    else stretch.seen.push(entry);
  }
  return stretches.map((stretch, index) => {
    const from = world.given.lists[index] ?? 0;
    return { ...stretch, from, known: world.given.losses[index] ?? world.store.version };
  });
};

const checkStretch = (
  stretch: Stretch,
  before: Stretch | undefined,
  { entries, world: { store } }: Outcome,
): string[] => {
  const { from, known, listed, inferred, seen, gap } = stretch;
  const wrong: string[] = [];
  const write = ({ kind, object, resourceVersion, inferred: is }: ObjectEntry<Lamp>) =>
    `${is ? 'inferred ' : ''}${kind} ${object.metadata.name}@${resourceVersion} ${object.metadata.uid} ${object.status.state}`;
  const compare = (what: string, have: string[], should: string[]) => {
    if (String(have) !== String(should))
      wrong.push(`${what}: it has [${have.join(', ')}], the truth is [${should.join(', ')}]`);
  };
  // After events in the wrong order, entries may be incomplete from the last certain one on.
  const isSure = ({ sequence }: ObjectEntry<Lamp>) => gap?.from === undefined || sequence < gap.from;
  const kinds = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' };
  const truth = store.history.map(({ type, version, object }) => ({
    version,
    line: `${kinds[type]} ${object.metadata.name}@${version} ${object.metadata.uid} ${object.status.state}`,
  }));
  const happened = truth.filter(({ version }) => version > from && version <= known).map(({ line }) => line);
  compare(`events after ${from}`, seen.filter(isSure).map(write), happened);
  for (const entry of seen)
    if (!truth.some(({ line }) => line === write(entry)))
      wrong.push(`it has what never was: ${write(entry)}`);

  const there = store.objectsAt(from);
  const listing = there.map(
    ({ metadata, status }) =>
      `listed ${metadata.name}@${metadata.resourceVersion} ${metadata.uid} ${status.state}`,
  );
  compare(`the list at ${from}`, listed.map(write), listing);
  // The state before the gap. Nothing of it is left.
  const first = before?.gap === undefined ? 0 : entries.indexOf(before.gap);
  const last = new Map<string, ObjectEntry<Lamp>>();
  for (const entry of entries.slice(0, first) as ObjectEntry<Lamp>[])
    if (entry.object !== undefined) last.set(entry.object.metadata.name, entry);
  const left = [...last.values()].filter(
    ({ kind, object }) =>
      kind !== 'deleted' && !there.some(({ metadata }) => metadata.uid === object.metadata.uid),
  );
  const found = left.map((entry) => write({ ...entry, kind: 'deleted', inferred: true }));
  compare(`missing at ${from}`, inferred.map(write).sort(), found.sort());
  const since = gap?.since ?? 0;
  if (gap !== undefined && since > gap.at) wrong.push('a gap begins after it was found');
  return wrong;
};
