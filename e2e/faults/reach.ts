import type { Reach } from './fault.ts';
import { faultNamed } from './faults.ts';
import type { LedgerEntry, PastFault } from './ledger.ts';

/**
 * The objects of a failure, as needed to decide which faults of other scenarios may have affected it. Times are in ms
 * since the epoch.
 */
export type AffectedObjects = {
  /** When the oldest of its objects was created. */
  since: number;
  /** When processes of its volumes were started. */
  starts: readonly { from: number; to: number }[];
  /** The nodes whose manager owned one of its objects, or to which a volume was attached. Undefined if unknown. */
  nodes: readonly string[] | undefined;
};

// Kinds that only ledgers of older versions contain. A wrapped engine affected every engine and replica that started
// meanwhile: it ran through the wrapper, and took the wrapper's path as its own.
const older: Record<string, Reach> = { 'wrapped-engine': 'volumes that start' };

const reachOfKind = (kind: string): Reach | undefined => faultNamed(kind)?.reach ?? older[kind];

/** A fault of another scenario that may have affected a failure. */
export type ReachingFault = {
  entry: LedgerEntry;
  healedAt: string | undefined;
  /** How it affects the failure, as a clause. */
  how: string;
  /**
   * True if the fault was in force during the decisive time. False if it was in force only earlier, since the object
   * was created.
   */
  isMeanwhile: boolean;
};

type Interval = { from: number; to: number };

const overlap = (one: Interval, other: Interval): boolean => one.from <= other.to && other.from <= one.to;

/** Whether a fault can affect objects of other scenarios. */
export const reachesOthers = ({ kind }: LedgerEntry): boolean => reachOfKind(kind) !== 'none';

/** How a fault affects a failure, as a clause. Undefined if it does not. */
const reachOf = (
  { kind, data }: LedgerEntry,
  inForce: Interval,
  { affectedObjects, decided }: { affectedObjects: AffectedObjects; decided: Interval },
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
  return reach === undefined ? 'its reach is unknown' : 'it reaches everything';
};

/**
 * The faults of other scenarios that may have affected a failure and were in force since its objects were created.
 * `decided` is the decisive time.
 */
export const reachingFaults = (
  faults: readonly PastFault[],
  {
    scenario,
    server,
    affectedObjects,
    decided,
  }: { scenario: string; server: string; affectedObjects: AffectedObjects; decided: Interval },
): ReachingFault[] =>
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
