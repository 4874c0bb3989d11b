/** Why a command cannot start, or a machine or cluster cannot be used. */
export type PreconditionFailure = {
  /** Identifies the kind of failure. Code must use it instead of the text. */
  code: string;
  what: string;
  /** The file, folder, flag or image concerned. Missing if `what` names it. */
  where?: string | undefined;
  /** How to fix it: an instruction or a command. */
  remedy?: string | undefined;
};

/** The text of a failure, without its remedy. */
export const describePrecondition = ({ what, where }: Pick<PreconditionFailure, 'what' | 'where'>): string =>
  where === undefined ? what : `${where}: ${what}`;

/** The text of a failure, with its remedy. After a list the remedy has its own line. */
export const composePrecondition = (failure: PreconditionFailure): string => {
  const { what, remedy } = failure;
  const text = describePrecondition(failure);
  return remedy === undefined ? text : `${text}${what.includes('\n') ? '\n' : ': '}${remedy}`;
};

/** The machine or the cluster lacks something that the command needs. */
export class PreconditionError extends Error implements PreconditionFailure {
  override readonly name = 'PreconditionError';
  readonly code: string;
  readonly what: string;
  readonly where: string | undefined;
  readonly remedy: string | undefined;

  constructor(failure: PreconditionFailure, options?: ErrorOptions) {
    super(composePrecondition(failure), options);
    this.code = failure.code;
    this.what = failure.what;
    this.where = failure.where;
    this.remedy = failure.remedy;
  }
}
