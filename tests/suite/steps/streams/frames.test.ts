import { expect, test } from 'vitest';
import { type Frame, problemsInFrames } from '../../../../e2e/suite/steps/streams/frames.ts';

type Entry = { id: string; state: string; labels?: string[] };
const b1: Entry = { id: 'b1', state: 'Completed', labels: ['a', 'b'] };
const b2: Entry = { id: 'b2', state: 'InProgress' };
const followed = { name: 'b1', changes: 0 };
const frames = (...all: Entry[][]): Frame[] => all;

test('a frame with something new is no problem, be it of the object that is followed if that has changed', () => {
  const ended = { ...b2, state: 'Completed' };
  expect(problemsInFrames(frames([b1], [b1, b2], [b1, ended], [b1]), followed)).toEqual([]);
  expect(problemsInFrames(frames([b1], [{ ...b1, state: 'Deleting' }]), { name: 'b1', changes: 1 })).toEqual(
    [],
  );
});

test('a frame that repeats the one before it is one, in whatever order', () => {
  const repeated = ['repeated itself in 1 of 2 frames'];
  expect(problemsInFrames(frames([b1, b2], [b1, b2]))).toEqual(repeated);
  expect(problemsInFrames(frames([b1, b2], [b2, b1]))).toEqual(repeated);
  const { id, state } = b1;
  expect(problemsInFrames(frames([b1], [{ labels: ['b', 'a'], state, id }]), followed)).toEqual(repeated);
});

test('a change is one that the object has not had, such as that of a time of the answer', () => {
  const later = { ...b1, state: 'Completed, a second later' };
  expect(problemsInFrames(frames([b1], [later], [b1]), { name: 'b1', changes: 1 })).toEqual([
    'showed 2 changes of b1, of which there were 1',
  ]);
});
