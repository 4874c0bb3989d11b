import { readFileSync } from 'node:fs';

type Recorded = { metadata: { name: string }; spec?: object; status?: object };

/** The last object of a kind in a recording of a real Longhorn v1.12.1. */
export const recordedObject = (recording: string, resource: string): Recorded => {
  const file = `../../../fixtures/recordings/longhorn-v1.12.1/${recording}.ndjson`;
  const lines = readFileSync(new URL(file, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const found = lines
    .map((line) => JSON.parse(line))
    .findLast((event) => event.resource === resource && event.type !== 'DELETED');
  if (!found) throw new Error(`the recording has no ${resource}`);
  return found.object;
};
