import { readFileSync } from 'node:fs';

type Event = {
  type: string;
  resource: string;
  object: { metadata: { name: string }; spec?: object; status?: object };
};

/** The watch events of a recording of a real Longhorn v1.12.1. */
const recordedEvents = (name: string): Event[] =>
  readFileSync(
    new URL(`../../../fixtures/recordings/longhorn-v1.12.1/${name}.ndjson`, import.meta.url),
    'utf8',
  )
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ resource }) => resource !== undefined);

/** The last recorded object of a kind that a test accepts. */
export const recordedObject = (
  recording: string,
  resource: string,
  accept: (object: Event['object']) => boolean = () => true,
) =>
  recordedEvents(recording).findLast(
    (event) => event.resource === resource && event.type !== 'DELETED' && accept(event.object),
  )?.object;
