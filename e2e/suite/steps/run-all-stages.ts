/** Runs all stages in order, even if one fails. Throws all errors at the end. */
export const runAllStages = async (stages: readonly (() => Promise<void>)[]): Promise<void> => {
  const errors: unknown[] = [];
  for (const stage of stages) await stage().catch((error: unknown) => errors.push(error));
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} stages of the cleanup failed`);
};
