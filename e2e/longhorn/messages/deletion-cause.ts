const wrapped = /^Failed to delete the backup \S+ in the backupstore, err /;
// The command, what it printed, and how it ended; the knowledge base quotes it without the last two.
const command = /^error deleting backup \S+: failed to execute: \S+ \[backup rm \S+\], output ([\s\S]*)$/;
const parts = /^([\s\S]*?)(?:, stderr(?: ([\s\S]*))?)?$/;
const ending = /\s*: (exit status \d+|signal: \w+)\s*$/;

/**
 * The cause of a failed deletion out of the text that Longhorn makes of it: `Failed to delete the backup URL
 * in the backupstore, err` (twice: by the deletion and by the controller), then the command, its output, its
 * log and its exit status. The output is the cause; where the command printed none it is its log, and for one
 * that was killed, the signal. Undefined for a text that is none of a failed deletion.
 */
export const deletionCause = (text: string): string | undefined => {
  if (!wrapped.test(text)) return undefined;
  const unwrapped = text.replace(wrapped, '').replace(wrapped, '');
  const printed = command.exec(unwrapped)?.[1];
  if (printed === undefined) return unwrapped;
  const how = ending.exec(printed)?.[1];
  if (how?.startsWith('signal')) return how;
  const [, output = '', log = ''] = parts.exec(printed.replace(ending, '')) ?? [];
  return (output.trim() === '' ? log : output).trim();
};

/**
 * A failed deletion as Longhorn tells it (without the log of its process), for the examples of the catalogue.
 */
export const describeFailedDeletion = (cause: string): string => {
  const url = 'nfs://store.default:/opt/backupstore?backup=b1&volume=v';
  const failed = `Failed to delete the backup ${url} in the backupstore, err `;
  const binary = '/var/lib/longhorn/engine-binaries/docker.io-longhornio-longhorn-engine-v1.12.1/longhorn';
  return `${failed}${failed}error deleting backup ${url}: failed to execute: ${binary} [backup rm ${url}], output ${cause}\n, stderr : exit status 1`;
};
