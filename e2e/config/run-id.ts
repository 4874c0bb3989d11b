import { randomInt } from 'node:crypto';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** The format of a run id. It is short enough for every name in Kubernetes and Longhorn that contains it. */
export const runIdPattern = /^[a-z0-9]{6}$/;

/** Creates a run id. It is in the labels and names of all objects of the run. */
export const makeRunId = (): string =>
  Array.from({ length: 6 }, () => alphabet[randomInt(alphabet.length)]).join('');
