/** Parts of texts that differ from run to run, each with its placeholder. */
const replacements: readonly [RegExp, string][] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \+0000 UTC/g, 'TIME'],
  [/nfs:\/\/[^?\s"]+/g, 'nfs://STORE'],
  [/[^\s[\]"]*\/engine-binaries\/[^/\s]+\/longhorn\b/g, 'BINARY'],
  [/[^\s"]*\/backupstore\/volumes\/[0-9a-f]{2}\/[0-9a-f]{2}\//g, 'STORE/'],
  [/\bbackupstore\/volumes\/[0-9a-f]{2}\/[0-9a-f]{2}\//g, 'STORE/'],
  [/\block-[0-9a-f]{16}\b/g, 'lock-ID'],
  [/\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b/g, 'ADDRESS'],
];

/**
 * Lines of the longhorn command's log that only one side can have: the stores of local clusters are folders, which are
 * not mounted, and up to v1.8 the end of a failed deletion was logged once, not twice.
 */
const leftOut = [/^warning "Trying reading mount point /, /^error "Failed to delete delta block backup"/];

/**
 * The level and the message of a line of the command's log. Its place in the source changes with each release.
 */
const shortLine = (line: string): string => {
  const [, level = '', message = line] = /^time="TIME" level=(\w+) msg=("(?:[^"\\]|\\.)*")/.exec(line) ?? [];
  return `${level} ${message}`;
};

// Locks are read and listed in the order of their random names.
const sortLocks = (lines: string[]): string[] => {
  const loaded = lines.filter((line) => line.includes('"Loaded lock ')).sort();
  return lines.map((line) =>
    line.includes('"Loaded lock ')
      ? (loaded.shift() ?? '')
      : line.replace(
          /contains locks \[(.*)\]/,
          (_, locks: string) =>
            `contains locks [${locks
              .split(/(?<=\}) /)
              .sort()
              .join(' ')}]`,
        ),
  );
};

const shortLog = (log: string): string =>
  sortLocks(
    log
      .trim()
      .split('\n')
      .map(shortLine)
      .filter((line) => !leftOut.some((pattern) => pattern.test(line))),
  ).join('\n');

/**
 * A text with placeholders for times, stores, folders, binaries, lock names and addresses. A log in it is reduced to
 * levels and messages.
 */
export const normaliseText = (text: string): string =>
  replacements
    .reduce((replaced, [pattern, placeholder]) => replaced.replaceAll(pattern, placeholder), text)
    .replace(/(?<=, stderr )time=.*(?=: exit status)/s, shortLog);
