// The number of stack frames to show: those where the error was thrown, not the callers in the suite.
const shownFrames = 3;

const ownFrames = (error: Error): string[] =>
  (error.stack ?? '')
    .split('\n')
    .filter(
      (line) =>
        /^\s+at /.test(line) &&
        !/node:|node_modules|scenario-core|e2e\/(suite\/(run|exclusive)\/|(kube\/time-account|history\/observer)\.ts)/.test(
          line,
        ),
    )
    .slice(0, shownFrames)
    .map((line) => line.trimStart());

// An error with a verdict has a complete message. Its stack would only hide it.
const explainsItself = (error: Error): boolean => 'verdict' in error;

/** Describes an error completely: its message, the place in this project where it was thrown, and its causes. */
export const explainError = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const named =
    error.name === 'Error' || explainsItself(error) ? error.message : `${error.name}: ${error.message}`;
  const lines = explainsItself(error) ? [named] : [named, ...ownFrames(error).map((frame) => `    ${frame}`)];
  if (error instanceof AggregateError) lines.push(...error.errors.map((each) => `- ${explainError(each)}`));
  const cause = error.cause === undefined ? '' : explainError(error.cause);
  // Some messages repeat that of their cause, and add to it.
  if (cause !== '' && !error.message.includes(cause)) lines.push(`because of ${cause}`);
  return lines.join('\n');
};
