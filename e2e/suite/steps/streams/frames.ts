import { isDeepStrictEqual } from 'node:util';

/** What a stream has sent at once: the whole collection. */
export type Frame = readonly { id: string }[];

/** An object of the scenario, and how often it has changed since the stream was opened. */
export type StreamedObject = { name: string; changes: number };

// Another order of what has not changed was a bug too (longhorn/longhorn#2646).
const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((each) => JSON.stringify(inOrder(each))).sort();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, inOrder(each)]),
  );
};

const repeatsIn = (contents: readonly unknown[]): number =>
  contents.filter((content, index) => index > 0 && isDeepStrictEqual(content, contents[index - 1])).length;

/** What is wrong with the frames of a stream: one repeats the frame before it, or shows a change that there was not. */
export const problemsInFrames = (frames: readonly Frame[], followed?: StreamedObject): string[] => {
  const repeated = repeatsIn(frames.map(inOrder));
  const shown = followed && frames.map((frame) => inOrder(frame.find(({ id }) => id === followed.name)));
  const changes = shown === undefined ? 0 : shown.length - 1 - repeatsIn(shown);
  return [
    ...(repeated > 0 ? [`repeated itself in ${repeated} of ${frames.length} frames`] : []),
    ...(followed && changes > followed.changes
      ? [`showed ${changes} changes of ${followed.name}, of which there were ${followed.changes}`]
      : []),
  ];
};
