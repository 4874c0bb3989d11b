/**
 * The counts that a benchmark is told in its arguments, each whole and not below `least`; what is not told is
 * as in `defaults`. Where they are anything else the line `usage` is printed, and the exit code will be 2:
 * undefined.
 */
export const readCounts = <const Defaults extends readonly number[]>(
  args: readonly string[],
  { defaults, least = 1, usage }: { defaults: Defaults; least?: number; usage: string },
): { [Position in keyof Defaults]: number } | undefined => {
  const isCount = (text: string): boolean => /^\d{1,9}$/.test(text) && Number(text) >= least;
  if (args.length <= defaults.length && args.every(isCount))
    return defaults.map((count, position) => Number(args[position] ?? count)) as {
      [Position in keyof Defaults]: number;
    };
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
  return undefined;
};
