/** What a message means for whoever meets it: its classes, each with what it tells. */
export const messageClasses = {
  informational: 'it heals by itself; only one that never goes is a fault',
  transient: 'Longhorn tries again, for a limited time or number of times',
  warning: 'something went wrong beside the work, whose result is valid',
  failure: 'what failed stays undone; another attempt may succeed',
  configuration: 'the cluster or the store is not set up for it, which says nothing about Longhorn',
} as const;

export type MessageClass = keyof typeof messageClasses;

/**
 * What said it: an object, of a volume also its engine and its replicas; `job` is the pod of a recurring job, `manager`
 * a longhorn-manager, `node` a node's own log.
 */
export type Speaker =
  | 'Backup'
  | 'BackupTarget'
  | 'Snapshot'
  | 'Volume'
  | 'Node'
  | 'RecurringJob'
  | 'CronJob'
  | 'Pod'
  | 'job'
  | 'manager'
  | 'node';

/** Where it was said. */
export type Field =
  | 'status.error'
  | `status.messages.${string}`
  | `condition ${string}`
  | `event ${'Normal' | 'Warning'}`
  | `log ${'debug' | 'info' | 'warning' | 'error' | 'fatal'}`;

/** A text and all that decides what it means. */
export type Message = {
  speaker: Speaker;
  field: Field;
  /** An object's state, an event's reason, a condition's status; empty for a log. */
  state: string;
  text: string;
};

/** One way in which a message is worded. */
export type Wording = {
  /** The versions of Longhorn that it holds for, as a semver range; a pre-release counts as its release. */
  versions: string;
  pattern: RegExp;
  /** One that the pattern knows, as it was written or met. */
  example: string;
  /** `document`: so it is written; `product`: so it is. */
  origin: 'document' | 'product';
  /** Where it was read or met. */
  seen: string;
};

/** What Longhorn can say, and what that means. The same text in another field or state is another message. */
export type MessageRow = {
  class: MessageClass;
  speaker: Speaker;
  fields: readonly Field[];
  /** The states that it is said in; any, where left out. */
  states?: readonly string[];
  /**
   * What of a text is held against the patterns, which must fit all of it but for `within`:
   * - `whole`: the text as it is;
   * - `cause`: of a failed deletion's text its cause (see deletionCause), as the rest is twice the URL and
   *   kilobytes of a process's log;
   * - `within`: any part of it, where what stands around is not Longhorn's own.
   */
  compared: 'whole' | 'cause' | 'within';
  /** One sentence: what it means. */
  means: string;
  /** One sentence: what to do. */
  advice: string;
  /** What must have been done to the cluster for it to be in order; a scenario that did that says so. */
  only?: string;
  wordings: readonly Wording[];
};
