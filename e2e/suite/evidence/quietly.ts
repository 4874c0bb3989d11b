/** Does work on the evidence. What a scenario sees and what comes of it must not depend on whether that works: an error goes to `lose`. */
export const quietly = <T>(work: () => T, lose: (error: Error) => void): T | undefined => {
  try {
    return work();
  } catch (error) {
    lose(error as Error);
    return undefined;
  }
};
