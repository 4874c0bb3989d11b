import { z } from 'zod';
import { askApiServer } from '../run/api-server.ts';
import { etcdUrl } from '../run/control-plane.ts';
import { labFiles } from '../run/settings.ts';
import type { LabAction } from './context.ts';

const headerSchema = z.object({ header: z.object({ revision: z.string() }) });

// etcd's JSON gateway has numbers as strings and keys in base64.
const etcd = async (path: string, body: object): Promise<{ ok: boolean; text: string }> => {
  const response = await fetch(`${etcdUrl}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return { ok: response.ok, text: await response.text() };
};

const compactUpToNow = async (): Promise<number> => {
  const key = btoa('none');
  const { header } = headerSchema.parse(JSON.parse((await etcd('range', { key })).text));
  const revision = Number(header.revision);
  const compacted = await etcd('compaction', { revision: String(revision), physical: true });
  if (!compacted.ok) throw new Error(`etcd was not compacted: ${compacted.text}`);
  const before = await etcd('range', { key, revision: String(revision - 1) });
  if (!before.text.includes('has been compacted'))
    throw new Error(`etcd was compacted, and still knows what was before: ${before.text}`);
  return revision;
};

/**
 * Compacts etcd up to now, so that no watch can start earlier. This alone has no effect in Kubernetes: the
 * API server answers watches from its memory (its watch cache) while it runs. So a running API server is
 * restarted. Its response to an old resourceVersion is the proof.
 */
export const compactRevisions: LabAction = async ({ settings, apiServer }) => {
  const revision = await compactUpToNow();
  const compacted = `etcd is compacted: it knows nothing from before revision ${revision}`;
  if (!apiServer.isRunning())
    return {
      faulty: false,
      text: `${compacted}; the API server is stopped, and will know no more when it starts`,
    };
  await apiServer.stop();
  await apiServer.start();
  const path = `/api/v1/namespaces?watch=true&timeoutSeconds=1&resourceVersion=${revision - 1}`;
  const { text: answer } = await askApiServer(labFiles(settings.dir).pki, path);
  if (!/"code":410\b/.test(answer))
    throw new Error(
      `${compacted}; but a watch from ${revision - 1} does not meet 410: ${answer.slice(0, 500)}`,
    );
  return {
    faulty: false,
    text: `${compacted}, and the API server was started anew: a watch from ${revision - 1} meets 410`,
  };
};
