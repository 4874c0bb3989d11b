import { randomInt } from 'node:crypto';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** What an id of a run looks like: short enough for every name that Kubernetes and Longhorn put it in. */
export const runIdPattern = /^[a-z0-9]{6}$/;

/** Makes the id of a run; it labels and names everything that the run makes. */
export const makeRunId = (): string =>
  Array.from({ length: 6 }, () => alphabet[randomInt(alphabet.length)]).join('');
