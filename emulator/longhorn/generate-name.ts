import { randomBytes } from 'node:crypto';

/** Generates a name as Longhorn does: PREFIX- and 16 hexadecimal digits. */
export const generateName = (prefix: string): string => `${prefix}-${randomBytes(8).toString('hex')}`;
