import type { Reach } from './fault.ts';
import { faultNamed } from './faults.ts';
import type { LedgerEntry, PastFault } from './ledger.ts';

/**
 * What failed, as far as it decides which faults of other scenarios can have reached it; times in ms since
 * the epoch.
 */
export type AffectedObjects = {
  /** When the first of what it stands on began to exist. */
  since: number;
  /** When processes of its volumes were started. */
  starts: readonly { from: number; to: number }[];
  /**
   * The nodes whose manager owned any of it, or that any of it was attached to; undefined where that is not
   * known.
   */
  nodes: readonly string[] | undefined;
};

// Of older versions alone: every engine and replica that began meanwhile began through the wrapper, and knew
// its own path by it.
const older: Record<string, Reach> = { 'wrapped-engine': 'volumes that start' };

const reachOfKind = (kind: string): Reach | undefined => faultNamed(kind)?.reach ?? older[kind];

/** A fault of another scenario that can have reached what failed. */
export type Reaching = {
  entry: LedgerEntry;
  healedAt: string | undefined;
  /** How it reaches it, as a clause. */
  how: string;
  /** It was in force in the very stretch that decided; else only since the object began to exist. */
  isMeanwhile: boolean;
};

type Stretch = { from: number; to: number };

const overlap = (one: Stretch, other: Stretch): boolean => one.from <= other.to && other.from <= one.to;

/** Whether a fault can do anything to what is not its own scenario's. */
export const reachesOthers = ({ kind }: LedgerEntry): boolean => reachOfKind(kind) !== 'none';

/** How a fault reaches what failed, as a clause; undefined where it does not. */
const reachOf = (
  { kind, data }: LedgerEntry,
  inForce: Stretch,
  { affectedObjects, decided }: { affectedObjects: AffectedObjects; decided: Stretch },
): string | undefined => {
  const reach: Reach | undefined = reachOfKind(kind);
  if (reach === 'none') return undefined;
  if (reach === 'volumes that start')
    return affectedObjects.starts.some((start) => overlap(start, inForce))
      ? 'it reaches every volume that starts meanwhile, and this one did'
      : undefined;
  if (reach === 'what its manager owns meanwhile') {
    if (!overlap(inForce, decided)) return undefined;
    const node = String((data as { node?: unknown }).node ?? '');
    if (affectedObjects.nodes !== undefined && !affectedObjects.nodes.includes(node)) return undefined;
    return `it reaches what the manager of ${node} owns${affectedObjects.nodes === undefined ? '' : ', and that is so here'}`;
  }
  return reach === undefined ? 'nobody knows what it reaches' : 'it reaches everything';
};

/**
 * The faults of other scenarios that were in force since what failed began to exist and can have reached it;
 * `decided` is the stretch that decided.
 */
export const reachingFaults = (
  faults: readonly PastFault[],
  {
    scenario,
    server,
    affectedObjects,
    decided,
  }: { scenario: string; server: string; affectedObjects: AffectedObjects; decided: Stretch },
): Reaching[] =>
  faults.flatMap(({ entry, healedAt }) => {
    if (entry.server !== server || entry.scenario === scenario) return [];
    const inForce = {
      from: Date.parse(entry.recordedAt),
      to: healedAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(healedAt),
    };
    if (!overlap(inForce, { from: Math.min(affectedObjects.since, decided.from), to: decided.to })) return [];
    const how = reachOf(entry, inForce, { affectedObjects, decided });
    if (how === undefined) return [];
    const isLasting = reachOfKind(entry.kind) === 'volumes that start';
    return { entry, healedAt, how, isMeanwhile: isLasting || overlap(inForce, decided) };
  });
