import { z } from 'zod';
import { jsonLines } from '../../../kube/json-lines.ts';
import { connectSocket } from '../../../kube/json-socket.ts';

const objectSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string().optional(), uid: z.string().optional() }).optional(),
});

const requestSchema = z.object({
  id: z.number(),
  verb: z.string(),
  path: z.string(),
  pod: z.object({ name: z.string(), uid: z.string() }).optional(),
  object: objectSchema.optional(),
  /** The object as it was; undefined for one that is made. */
  before: objectSchema.optional(),
});
const answerSchema = z.object({ id: z.number(), of: z.number(), status: z.number() });
const followingSchema = z.object({ following: z.number() });
const staleSchema = z.object({ staleLists: z.number() });
const lineSchema = z.union([requestSchema, answerSchema, followingSchema, staleSchema]);

/** A write of a pod, before the API server has it; an object in another format than JSON is not read. */
export type WriteRequest = z.infer<typeof requestSchema>;

/** What became of a write, before the pod learns it. */
export type WriteAnswer = z.infer<typeof answerSchema>;

/** What becomes of a write: it goes on, the pod gets a refusal, or the pod gets no answer. */
export type RequestWord =
  | { do: 'pass' }
  | { do: 'drop' }
  | { do: 'refuse'; code: number; reason: string; message: string };

/** Who decides on each write that is followed, and on whether the pod learns what became of it. */
export type Gatekeeper = {
  onRequest(write: WriteRequest): Promise<RequestWord>;
  answered(answer: WriteAnswer): Promise<{ do: 'pass' } | { do: 'drop' }>;
};

/** The state of a revision, which pods see for a while (ms) that appear from now on and whose names begin so. */
type StaleRule = { pods: string; except: string[]; revision: string; lasts: number };

/** Writes that are followed. */
type FollowedGate = {
  /** Has the gate show such pods an older state; returns when it does. */
  showOlder(rule: StaleRule): Promise<void>;
  /** How many lists of that state such pods have got. */
  staleLists(): number;
};

/**
 * Follows the writes of pods whose path or body has one of these texts, at the gate of the lab in a folder
 * (lab/run/api-gate.ts); returns when the gate asks about each. Ends with the signal, and all writes go on.
 */
export const followWrites = async (
  folder: string,
  { texts, keeper, signal }: { texts: readonly string[]; keeper: Gatekeeper; signal: AbortSignal },
): Promise<FollowedGate> => {
  const stream = await connectSocket({ folder, name: 'gate.sock' });
  signal.addEventListener('abort', () => stream.destroy(), { once: true });
  const following = Promise.withResolvers<void>();
  const showing = Promise.withResolvers<void>();
  let staleLists = 0;
  const say = (word: object): void => {
    if (!stream.destroyed) stream.write(`${JSON.stringify(word)}\n`);
  };
  const decide = async (line: z.infer<typeof lineSchema>): Promise<void> => {
    if ('following' in line) return following.resolve();
    if ('staleLists' in line) {
      staleLists = line.staleLists;
      return showing.resolve();
    }
    const word = 'of' in line ? keeper.answered(line) : keeper.onRequest(line);
    // A keeper that cannot decide, as its scenario is over, holds nobody up.
    say({ id: line.id, ...(await word.catch(() => ({ do: 'pass' }))) });
  };
  const read = async (): Promise<void> => {
    for await (const line of jsonLines(stream)) void decide(lineSchema.parse(line));
    throw new Error('the gate of the lab has ended');
  };
  // Without it all writes go on.
  showing.promise.catch(() => {});
  void read().catch((error: unknown) => {
    following.reject(error);
    showing.reject(error);
    stream.destroy();
  });
  say({ follow: texts });
  await following.promise;
  return {
    showOlder: (stale) => {
      say({ stale });
      return showing.promise;
    },
    staleLists: () => staleLists,
  };
};
