import type { Mutant } from '../../mutants.ts';

type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

/** What Longhorn's webhook does about one resource, as an expression of Kubernetes' CEL. */
type RuleBase = {
  name: string;
  resource: 'backuptargets' | 'backups' | 'recurringjobs' | 'volumes';
  operations: Operation[];
  /** The kind of objects beside each of which it is looked at, as `params`. */
  beside?: 'Backup' | 'BackupTarget' | 'Secret' | 'Setting' | 'Snapshot' | 'Volume';
  /** Which versions of Longhorn do so; where it is left out, all. */
  isOf?: (version: string) => boolean;
};

/** An object is refused where the expression is false. */
export type Refusal = RuleBase & {
  expression: string;
  message: string;
  /** It goes by what a mend leaves: without mends it cannot be. */
  afterMend?: true;
};

/** Where `when` holds, an object is changed by a list of JSON patches, before it is judged. */
export type Mend = RuleBase & {
  when: string;
  patches: string;
  /** The bug with which it is left out. */
  bug?: Mutant;
};

/** One JSON patch that sets a field. */
export const set = (path: string, value: string): string =>
  `JSONPatch{op: 'add', path: '${path}', value: ${value}}`;

/** Whether a field of the object is not there, or has this value of Go's for nothing. */
export const isUnset = (field: string, zero: string): string => `(!has(${field}) || ${field} == ${zero})`;
