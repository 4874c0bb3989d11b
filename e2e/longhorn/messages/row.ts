/** The classes of messages. Each value says what a message of the class means for the user. */
export const messageClasses = {
  informational: 'it heals by itself; only one that never goes is a fault',
  transient: 'Longhorn tries again, for a limited time or number of times',
  warning: 'something is not in order; by itself it does not say that a backup or a restore failed',
  failure: 'what failed stays undone; another attempt may succeed',
  configuration:
    'look at the set-up of the cluster and of the store first, before you look for a fault of Longhorn',
} as const;

export type MessageClass = keyof typeof messageClasses;

/**
 * Who emitted a message. The engine and the replicas of a volume count as `Volume`. `job` is the log of a recurring
 * job's pod, `manager` that of a longhorn-manager, `node` that of a node.
 */
export type MessageSource =
  | 'Backup'
  | 'BackupTarget'
  | 'Snapshot'
  | 'Volume'
  | 'Node'
  | 'RecurringJob'
  | 'CronJob'
  | 'PersistentVolumeClaim'
  | 'Pod'
  | 'job'
  | 'manager'
  | 'node';

/** The place of a message: a field, a condition, an event or a log line. */
export type Field =
  | 'status.error'
  | `status.messages.${string}`
  | `condition ${string}`
  | `event ${'Normal' | 'Warning'}`
  | `log ${'debug' | 'info' | 'warning' | 'error' | 'fatal'}`;

/** A text with everything that determines its meaning. */
export type Message = {
  speaker: MessageSource;
  field: Field;
  /** The state of the object, the reason of the event, or the status of the condition. Empty for a log. */
  state: string;
  text: string;
};

/** One wording of a message. */
export type Wording = {
  /** The versions of Longhorn with this wording, as a semver range. A pre-release counts as its release. */
  versions: string;
  pattern: RegExp;
  /** A text that the pattern matches, as documented or observed. */
  example: string;
  /** `document`: the wording of a document. `product`: the actual wording. */
  origin: 'document' | 'product';
  /** Where the wording was read or observed. */
  seen: string;
};

/** A message of Longhorn and its meaning. The same text in another field or state is another message. */
export type MessageRow = {
  class: MessageClass;
  speaker: MessageSource;
  fields: readonly Field[];
  /** The states in which the message can occur. Any state if missing. */
  states?: readonly string[];
  /**
   * The part of a text that is matched with the patterns. A pattern must match the whole part, except for `within`.
   * - `whole`: the whole text, if the row says nothing else;
   * - `cause`: the cause in the text of a failed deletion (see deletionCause). The rest of that text is the URL twice
   *   and kilobytes of a log;
   * - `within`: any part of the text, if the words around it are not Longhorn's own.
   */
  compared: 'whole' | 'cause' | 'within';
  /** One sentence: the meaning. */
  means: string;
  /** One sentence: what the user should do. */
  advice: string;
  /** The message is normal only after this was done to the cluster. A scenario that did it declares that. */
  only?: string;
  wordings: readonly Wording[];
};

/** A row as it is written: of its wordings what is not as usual. A row with one wording has it among its own fields. */
export type WrittenRow = Omit<MessageRow, 'compared' | 'wordings'> &
  Partial<Pick<MessageRow, 'compared'>> &
  (WrittenWording | { wordings: readonly WrittenWording[] });

type WrittenWording = Omit<Wording, keyof typeof usualWording> & Partial<Wording>;

/** What a wording is unless it says otherwise: that of the product, in all versions that the scenarios support. */
export const usualWording = { versions: '>=1.8.0', origin: 'product' } as const satisfies Partial<Wording>;

/** What rows of longhorn-manager's log share, where the words around are not Longhorn's own. */
export const managerLog = {
  speaker: 'manager',
  fields: ['log info', 'log warning', 'log error'],
  compared: 'within',
} as const satisfies Partial<MessageRow>;
