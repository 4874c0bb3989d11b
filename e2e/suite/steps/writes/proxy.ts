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
  /** The object before the write. Undefined for a new object. */
  before: objectSchema.optional(),
});
const answerSchema = z.object({ id: z.number(), of: z.number(), status: z.number() });
const followingSchema = z.object({ following: z.number() });
const staleSchema = z.object({ staleLists: z.number() });
const lineSchema = z.union([requestSchema, answerSchema, followingSchema, staleSchema]);

/** A write of a pod, before the API server gets it. Only JSON objects are read. */
export type WriteRequest = z.infer<typeof requestSchema>;

/** The result of a write, before the pod gets it. `status` is 0 if the API server did not answer. */
export type WriteAnswer = z.infer<typeof answerSchema>;

/** The decision on a write: it passes, it is refused, or it is dropped without an answer. */
export type RequestWord =
  | { do: 'pass' }
  | { do: 'drop' }
  | { do: 'refuse'; code: number; reason: string; message: string };

/** Decides on each followed write, and on whether the pod gets the answer. */
export type WriteHandler = {
  onRequest(write: WriteRequest): Promise<RequestWord>;
  answered(answer: WriteAnswer): Promise<{ do: 'pass' } | { do: 'drop' }>;
};

/** Pods whose names begin with `pods` and that appear from now on see the state of `revision`, for `lasts` ms. */
type StaleRule = { pods: string; except: string[]; revision: string; lasts: number };

/** The proxy while writes are followed. */
type FollowedProxy = {
  /** Makes the proxy show such pods an older state. Resolves when it does. */
  showOlder(rule: StaleRule): Promise<void>;
  /** The number of lists of that state that such pods got. */
  staleLists(): number;
};

/**
 * Follows the writes of pods whose path or body contains one of `texts`, at the proxy of the lab in `folder`
 * (lab/run/api-proxy.ts). Returns when the proxy asks about each such write. Ends when the signal aborts; all writes
 * then pass.
 */
export const followWrites = async (
  folder: string,
  { texts, handler, signal }: { texts: readonly string[]; handler: WriteHandler; signal: AbortSignal },
): Promise<FollowedProxy> => {
  const stream = await connectSocket({ folder, name: 'proxy.sock' });
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
    const word = 'of' in line ? handler.answered(line) : handler.onRequest(line);
    // If the handler fails, as after the end of its scenario, the write passes.
    say({ id: line.id, ...(await word.catch(() => ({ do: 'pass' }))) });
  };
  const read = async (): Promise<void> => {
    for await (const line of jsonLines(stream)) void decide(lineSchema.parse(line));
    throw new Error('the proxy of the lab has ended');
  };
  // The rejection is handled by `showOlder`, if it is called.
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
