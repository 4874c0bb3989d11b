import type { BugId } from '../bugs/bugs.ts';

/**
 * Something that a document says and that Longhorn (or Kubernetes) does otherwise, or that differs between
 * versions.
 */
export type Difference = {
  /** One sentence: what differs. */
  title: string;
  /** Which document, and what it says. */
  document: string;
  /** What is so instead. */
  product: string;
  /** The versions of Longhorn that it holds for, as a semver range. */
  versions: string;
  /** Where it was read or met. */
  seen: string;
  link?: string;
  /** The row of the ledger, where what is so is a bug of Longhorn's. */
  bug?: BugId;
};

/** The address of an issue of Longhorn's. */
export const issue = (number: number): string => `https://github.com/longhorn/longhorn/issues/${number}`;
