import type { Mutant } from '../../mutants.ts';

type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

/** One rule of Longhorn's webhook for a resource, as a CEL expression of Kubernetes. */
type RuleBase = {
  name: string;
  resource:
    | 'backuptargets'
    | 'backups'
    | 'recurringjobs'
    | 'snapshots'
    | 'systembackups'
    | 'systemrestores'
    | 'volumes';
  /** Without it: creations and updates. */
  operations?: Operation[];
  /** A second kind. The expression is evaluated with each of its objects as `params`. */
  paramKind?:
    | 'Backup'
    | 'BackupTarget'
    | 'BackupVolume'
    | 'Secret'
    | 'Setting'
    | 'Snapshot'
    | 'SystemRestore'
    | 'Volume';
  /** Whether a version of Longhorn has the rule. Default: all versions have it. */
  isOf?: (version: string) => boolean;
};

/** Refuses an object if the expression is false. */
export type ValidatingRule = RuleBase & {
  expression: string;
  message: string;
  /** The expression reads the result of a mutating rule, so it cannot be used without mutating policies. */
  afterMutation?: true;
};

/** Changes an object with a list of JSON patches if `when` is true. Mutating rules come before validating ones. */
export type MutatingRule = RuleBase & {
  when: string;
  patches: string;
  /** The mutant without this rule. */
  bug?: Mutant;
};

/** One JSON patch that sets a field. */
export const setField = (path: string, value: string): string =>
  `JSONPatch{op: 'add', path: '${path}', value: ${value}}`;

/** An expression: whether a field of the object is missing, or has its zero value in Go. */
export const isUnset = (field: string, zero: string): string => `(!has(${field}) || ${field} == ${zero})`;
