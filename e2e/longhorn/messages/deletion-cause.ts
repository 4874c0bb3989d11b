const wrapped = /^Failed to delete the backup \S+ in the backupstore, err /;
// The command, its output, its log and its exit status. The knowledge base quotes it without the last two.
const command = /^error deleting backup \S+: failed to execute: \S+ \[backup rm \S+\], output ([\s\S]*)$/;
const parts = /^([\s\S]*?)(?:, stderr(?: ([\s\S]*))?)?$/;
const ending = /\s*: (exit status \d+|signal: \w+)\s*$/;

/**
 * Extracts the cause from the text of a failed deletion: `Failed to delete the backup URL in the backupstore, err`
 * (twice: from the deletion and from the controller), then the command, its output, its log and its exit status. The
 * cause is the output, or the log if the output is empty, or the signal if the command was killed. Undefined for any
 * other text.
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

/** Longhorn's text for a failed deletion, without the log of the process. For the examples of the catalogue. */
export const describeFailedDeletion = (cause: string): string => {
  const url = 'nfs://store.default:/opt/backupstore?backup=b1&volume=v';
  const failed = `Failed to delete the backup ${url} in the backupstore, err `;
  const binary = '/var/lib/longhorn/engine-binaries/docker.io-longhornio-longhorn-engine-v1.12.1/longhorn';
  return `${failed}${failed}error deleting backup ${url}: failed to execute: ${binary} [backup rm ${url}], output ${cause}\n, stderr : exit status 1`;
};
