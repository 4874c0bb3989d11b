import type { BugId } from '../bugs/bugs.ts';

/** A statement of a document that Longhorn (or Kubernetes) contradicts, or a difference between versions. */
export type Difference = {
  /** One sentence that describes the difference. */
  title: string;
  /** The document and its statement. */
  document: string;
  /** The actual behaviour. */
  product: string;
  /** The versions of Longhorn that differ, as a semver range. */
  versions: string;
  /** Where the behaviour was read in the source or observed. */
  seen: string;
  link?: string;
  /** The name in the ledger, if the behaviour is a bug of Longhorn. */
  bug?: BugId;
};

/** A difference as it is written: without its versions it is one of all versions that the scenarios support. */
export type WrittenDifference = Omit<Difference, 'versions'> & Partial<Difference>;

/** The URL of an issue of Longhorn. */
export const issue = (number: number): string => `https://github.com/longhorn/longhorn/issues/${number}`;
