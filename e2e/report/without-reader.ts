const isPipeClosed = (error: NodeJS.ErrnoException): boolean => error.code === 'EPIPE';

/** A command goes on when nobody reads its output any more: it may have something to finish or to undo. */
export const goOnWithoutReader = (): void => {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error) => {
      if (!isPipeClosed(error)) throw error;
    });
};
