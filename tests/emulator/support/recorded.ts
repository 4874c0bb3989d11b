import { readFileSync } from 'node:fs';
import type { Backup } from '../../../emulator/longhorn/objects.ts';
import { collapse, describeState } from './states.ts';

type Event = { type: string; resource: string; object: { metadata: { name: string }; spec?: object; status?: object } };

/** The watch events of a recording of a real Longhorn v1.12.1. */
const recordedEvents = (name: string): Event[] =>
  readFileSync(new URL(`../../../fixtures/recordings/longhorn-v1.12.1/${name}.ndjson`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ resource }) => resource !== undefined);

/** The states of a recorded backup, as statesOf has them. */
export const recordedStates = (recording: string, backup: string): string[] =>
  collapse(
    recordedEvents(recording)
      .filter(({ resource, object }) => resource === 'backups' && object.metadata.name === backup)
      .map(({ type, object }) => (type === 'DELETED' ? 'gone' : describeState(object as unknown as Backup))),
  );

/** The last recorded object of a kind that a test accepts. */
export const recordedObject = (recording: string, resource: string, accept: (object: Event['object']) => boolean = () => true) =>
  recordedEvents(recording).findLast((event) => event.resource === resource && event.type !== 'DELETED' && accept(event.object))?.object;

/** States with what differs from run to run taken out: names, servers, folders, log lines; and without InProgress, which is luck. */
export const normalised = (states: string[], names: Record<string, string>): string[] =>
  states
    .filter((state) => !state.startsWith('InProgress'))
    .map((state) => Object.entries(names).reduce((text, [name, replacement]) => text.replaceAll(name, replacement), state))
    .map((state) =>
      state
        .replaceAll(/nfs:\/\/[^?\s]+\?/g, 'URL?')
        .replaceAll(/\S+\/engine-binaries\//g, 'BINARIES/')
        .replaceAll(/\S*\/backupstore\/volumes\/\w\w\/\w\w\//g, 'STORE/')
        .replaceAll(/stderr time=.*?: exit status/gs, 'stderr LOG: exit status')
        // An ordinary user cannot make a file immutable; the folder refuses him in other words.
        .replaceAll('permission denied', 'operation not permitted'),
    );
