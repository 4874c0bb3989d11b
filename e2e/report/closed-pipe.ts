let lost = false;

/** Whether a part of the output was lost, as on a full disk. What a closed pipe does not take, nobody wanted. */
export const isOutputLost = (): boolean => lost;

/** Ignores errors of the output: the command may still have work to finish or to undo. */
export const ignoreClosedPipe = (): void => {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE' || lost) return;
      lost = true;
      process.stderr.write(`corral: the output cannot be written: ${message}\n`);
    });
};
