/** The index of the last item with a time of at most `at`; -1 if there is none. The items must be sorted by time. */
export const lastAtOrBefore = <T>(items: readonly T[], at: number, timeOf: (item: T) => number): number => {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(items[middle] as T) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};
