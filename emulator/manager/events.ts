import type { Client } from '../kubernetes/client.ts';
import type { ApiObject } from '../kubernetes/objects.ts';
import type { Log } from '../log.ts';
import { namespace } from '../modelled-on.ts';

type EventContent = { type: 'Normal' | 'Warning'; reason: string; message: string };

/** Writes a Kubernetes event about an object. `source` is the component that reports it. Throws if the write fails. */
export const writeEvent = async (
  client: Client,
  object: ApiObject,
  { source, ...said }: EventContent & { source: object },
): Promise<void> => {
  const { name, uid } = object.metadata;
  const seconds = `${new Date().toISOString().slice(0, 19)}Z`;
  await client.request('POST', `/api/v1/namespaces/${namespace}/events`, {
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { apiVersion: object.apiVersion, kind: object.kind, name, namespace, uid },
    ...said,
    source,
    firstTimestamp: seconds,
    lastTimestamp: seconds,
    count: 1,
  });
};

/** Writes a manager's event about an object. Never throws. */
export type EventRecorder = (object: ApiObject, event: EventContent) => void;

/** Creates a recorder. It writes the same event only once per generation of an object. */
export const createRecorder = (client: Client, { node, log }: { node: string; log: Log }): EventRecorder => {
  const writtenEvents = new Set<string>();
  return (object, { type, reason, message }) => {
    const { name, uid, generation } = object.metadata;
    const key = [uid, generation, reason, message].join(' ');
    if (writtenEvents.has(key)) return;
    writtenEvents.add(key);
    log[type === 'Warning' ? 'warning' : 'info'](message, { [object.kind.toLowerCase()]: name, reason });
    const source = { component: 'longhorn-emulator', host: node };
    writeEvent(client, object, { type, reason, message, source }).catch((error) =>
      log.warning('Cannot write an event', { error }),
    );
  };
};
