const isPipeClosed = (error: NodeJS.ErrnoException): boolean => error.code === 'EPIPE';

/**
 * For a command that only prints: it ends, as told so far, when nobody reads its output any more (`| head`).
 */
export const endWithoutReader = (): void => {
  process.stdout.on('error', (error) => {
    if (!isPipeClosed(error)) throw error;
    process.exit();
  });
};

/**
 * For a command that has something to finish or to undo: it goes on, unheard, when nobody reads its output
 * any more.
 */
export const goOnWithoutReader = (): void => {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error) => {
      if (!isPipeClosed(error)) throw error;
    });
};
