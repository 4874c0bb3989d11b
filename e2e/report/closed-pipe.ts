const isPipeClosed = (error: NodeJS.ErrnoException): boolean => error.code === 'EPIPE';

/** Ignores a closed output pipe: the command may still have work to finish or to undo. */
export const ignoreClosedPipe = (): void => {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error) => {
      if (!isPipeClosed(error)) throw error;
    });
};
