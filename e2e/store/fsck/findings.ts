/** error: data are lost or wrong. warning: garbage or leftovers. info: worth knowing, not a fault. */
export type StoreSeverity = 'error' | 'warning' | 'info';

/** The codes of findings with their severity. Some are less severe while an operation works on the volume. */
export const findingCodes = {
  'folder-unreadable': 'error',
  'file-unreadable': 'error',
  'config-empty': 'error',
  'config-cut-off': 'error',
  'config-not-json': 'error',
  'config-invalid': 'error',
  'config-too-large': 'error',
  'config-wrong-name': 'error',
  'config-wrong-volume': 'error',
  'volume-config-missing': 'error',
  'volume-wrong-name': 'error',
  'volume-misplaced': 'error',
  'volume-size-not-multiple': 'error',
  'backup-misplaced': 'error',
  'system-backup-config-missing': 'error',
  'system-backup-archive-missing': 'error',
  'system-backup-wrong-checksum': 'error',
  'offset-not-aligned': 'error',
  'offset-out-of-range': 'error',
  'offset-duplicate': 'error',
  'offsets-unsorted': 'error',
  'block-missing': 'error',
  'block-empty': 'error',
  'block-cut-off': 'error',
  'block-corrupt': 'error',
  'block-wrong-size': 'error',
  'block-wrong-checksum': 'error',
  'block-too-large': 'error',
  'block-unreadable': 'error',
  'compression-mismatch': 'error',
  'compression-differs': 'warning',
  'backup-size-wrong': 'warning',
  'backup-in-progress': 'warning',
  'block-count-wrong': 'warning',
  'last-backup-missing': 'warning',
  'block-orphaned': 'warning',
  'block-misplaced': 'warning',
  'temporary-file': 'warning',
  'lock-expired': 'warning',
  'lock-unreadable': 'warning',
  'lock-wrong-name': 'warning',
  'lock-unknown-type': 'warning',
  'lock-from-the-future': 'warning',
  'lock-live': 'info',
  'foreign-file': 'warning',
  'symbolic-link': 'warning',
  'special-file': 'warning',
  'changed-meanwhile': 'warning',
  'empty-folder': 'info',
  'not-checked': 'info',
} as const satisfies Record<string, StoreSeverity>;

export type FindingCode = keyof typeof findingCodes;

/** Data of a finding besides its path, for use in code. */
type Named = {
  /** The backup that is missing. */
  backup?: string;
  /** The number of blocks, and the first of them. */
  blocks?: { count: number; first: string };
};

/** A finding about a store. The message is a complete sentence. */
export type StoreFinding = {
  code: FindingCode;
  severity: StoreSeverity;
  path: string;
  message: string;
} & Named;

/**
 * Collects the findings of a check. It keeps a limited number for each code and only counts the others, so that a
 * damaged store cannot exhaust memory.
 */
export type Findings = {
  /** `severity` overrides the default of the code. */
  add(code: FindingCode, path: string, message: string, severity?: StoreSeverity, named?: Named): void;
  /** The kept findings: errors first, then by path. */
  list(): StoreFinding[];
  /** The number of findings of each severity, including those not kept. */
  counts(): Record<StoreSeverity, number>;
  /** The number of findings of each code that were not kept. */
  leftOut(): Partial<Record<FindingCode, number>>;
};

const order: Record<StoreSeverity, number> = { error: 0, warning: 1, info: 2 };

export const collectFindings = ({ keep = 1_000 }: { keep?: number } = {}): Findings => {
  const kept: StoreFinding[] = [];
  const met = new Map<FindingCode, number>();
  const counts: Record<StoreSeverity, number> = { error: 0, warning: 0, info: 0 };
  return {
    add: (code, path, message, severity = findingCodes[code], named = {}) => {
      const before = met.get(code) ?? 0;
      met.set(code, before + 1);
      counts[severity] += 1;
      if (before < keep) kept.push({ code, severity, path, message, ...named });
    },
    list: () =>
      kept.toSorted(
        (a, b) => order[a.severity] - order[b.severity] || compare(a.path, b.path) || compare(a.code, b.code),
      ),
    counts: () => ({ ...counts }),
    leftOut: () =>
      Object.fromEntries(
        [...met].filter(([, count]) => count > keep).map(([code, count]) => [code, count - keep]),
      ),
  };
};

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
