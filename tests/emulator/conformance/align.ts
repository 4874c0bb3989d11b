/** A pair of things that belong together, or one that has none on the other side. */
export type Pair<T> = { expected?: T; got?: T };

/**
 * Puts two sequences side by side so that as many as possible are the same; what is left between them is
 * paired in order.
 */
export const align = <T>(
  expected: readonly T[],
  got: readonly T[],
  same: (a: T, b: T) => boolean,
): Pair<T>[] => {
  // The longest common subsequence of all rests; the sequences have tens of elements.
  const lengths = Array.from({ length: expected.length + 1 }, () =>
    new Array<number>(got.length + 1).fill(0),
  );
  const length = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = expected.length - 1; i >= 0; i -= 1) {
    for (let j = got.length - 1; j >= 0; j -= 1) {
      const row = lengths[i] as number[];
      row[j] = same(expected[i] as T, got[j] as T)
        ? length(i + 1, j + 1) + 1
        : Math.max(length(i + 1, j), length(i, j + 1));
    }
  }
  const pairs: Pair<T>[] = [];
  let left: T[] = [];
  let right: T[] = [];
  const flush = (): void => {
    for (let k = 0; k < Math.max(left.length, right.length); k += 1) {
      pairs.push({
        ...(k < left.length && { expected: left[k] as T }),
        ...(k < right.length && { got: right[k] as T }),
      });
    }
    [left, right] = [[], []];
  };
  let [i, j] = [0, 0];
  while (i < expected.length || j < got.length) {
    const [a, b] = [expected[i] as T, got[j] as T];
    if (i < expected.length && j < got.length && same(a, b)) {
      flush();
      pairs.push({ expected: a, got: b });
      i += 1;
      j += 1;
    } else if (j >= got.length || (i < expected.length && length(i + 1, j) >= length(i, j + 1))) {
      left.push(a);
      i += 1;
    } else {
      right.push(b);
      j += 1;
    }
  }
  flush();
  return pairs;
};
