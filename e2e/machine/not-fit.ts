/** What keeps a command from beginning, or a machine or cluster from being used. */
export type PreconditionFailure = {
  /** Which trouble this is: what asks for it in code asks by this, never by the words. */
  code: string;
  what: string;
  /** The file, folder, flag or image that it was met at, where `what` does not name it. */
  where?: string | undefined;
  /** What mends it: an order, or a command. */
  remedy?: string | undefined;
};

/** The trouble without its remedy, as a text. */
export const describeTrouble = ({ what, where }: Pick<PreconditionFailure, 'what' | 'where'>): string =>
  where === undefined ? what : `${where}: ${what}`;

/** The trouble with its remedy, as a text: below a list, a remedy has a line of its own. */
export const composeTrouble = (trouble: PreconditionFailure): string => {
  const { what, remedy } = trouble;
  const text = describeTrouble(trouble);
  return remedy === undefined ? text : `${text}${what.includes('\n') ? '\n' : ': '}${remedy}`;
};

/** The machine or the cluster lacks something that the command cannot do without. */
export class NotFit extends Error implements PreconditionFailure {
  override readonly name = 'NotFit';
  readonly code: string;
  readonly what: string;
  readonly where: string | undefined;
  readonly remedy: string | undefined;

  constructor(trouble: PreconditionFailure, options?: ErrorOptions) {
    super(composeTrouble(trouble), options);
    this.code = trouble.code;
    this.what = trouble.what;
    this.where = trouble.where;
    this.remedy = trouble.remedy;
  }
}
