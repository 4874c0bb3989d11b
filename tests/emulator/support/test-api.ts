import { randomInt } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { ApiError } from '../../../e2e/kube/cluster.ts';
import { longhornApiPort } from '../../../emulator/api/resource.ts';
import { serveApi } from '../../../emulator/api/server.ts';
import { ApiFailure } from '../../../emulator/kubernetes/client.ts';
import type { ApiObject } from '../../../emulator/kubernetes/objects.ts';
import { createLog } from '../../../emulator/log.ts';
import type { Collection, Datastore } from '../../../emulator/manager/datastore.ts';
import { createObjects } from '../../support/stub-objects.ts';

type StandIn = Collection<ApiObject> & { put(object: object): void };

const createStandIn = (plural: string, write: (what: string) => void): StandIn => {
  const kind = `${plural}.longhorn.io`;
  const objects = createObjects({ [kind]: [] });
  /** Answers as the emulator's client does. */
  const answer = async (ask: () => object): Promise<ApiObject> => {
    try {
      return ask() as ApiObject;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw new ApiFailure(plural, error.status, error.reason, error.message);
    }
  };
  const list = () => objects.list(kind).items as ApiObject[];
  const fetch = (name: string) => answer(() => objects.get(kind, { name }));
  const update = async (object: ApiObject) => {
    objects.put(kind, object);
    return fetch(object.metadata.name);
  };
  return {
    put: (object) => objects.put(kind, object),
    get: (name) => list().find(({ metadata }) => metadata.name === name),
    list,
    onEvent: (listener) => objects.onChange(({ object }) => listener(object.metadata.name)),
    putInCache: () => undefined,
    synced: Promise.resolve(),
    fetch,
    create: async (object) => {
      write(`create ${plural} ${object.metadata.name}`);
      const metadata = { ...object.metadata, creationTimestamp: '2026-01-01T00:00:00Z' };
      return answer(() => objects.create(kind, { ...object, metadata }));
    },
    update,
    updateStatus: update,
    patch: (name, patch) => answer(() => objects.patch(kind, { name }, patch)),
    delete: async (name) => {
      write(`delete ${plural} ${name}`);
      await answer(() => objects.delete(kind, { name }));
    },
  };
};

/** An address of loopback that nobody else has: ports are always the same, and others test on this machine. */
export const ownAddress = (): string => `127.${randomInt(1, 77)}.${randomInt(256)}.${randomInt(1, 255)}`;

/**
 * A manager's API, WebSockets included, until the test ends, at an address of its own, on a datastore in memory. `writes` are the
 * creations and deletions that it asked for, as `delete backups b1`; those in `refused` are denied, each with
 * its words. `call` is one request, as `POST /v1/volumes/v?action=snapshotCRList`.
 */
export const startTestApi = async () => {
  const ip = ownAddress();
  const refused = new Map<string, string>();
  const writes: string[] = [];
  const write = (what: string): void => {
    writes.push(what);
    const words = refused.get(what);
    if (words) throw new ApiFailure(what, 403, 'Forbidden', words);
  };
  const collections = new Map<string, StandIn>();
  const collection = (name: string): StandIn => {
    const found = collections.get(name) ?? createStandIn(name.toLowerCase(), write);
    collections.set(name, found);
    return found;
  };
  const datastore = new Proxy({}, { get: (_, name) => collection(String(name)) }) as Datastore;
  const controller = new AbortController();
  const { signal } = controller;
  const stop = (): void => controller.abort();
  onTestFinished(stop);
  await serveApi({
    datastore,
    node: 'node1',
    ip,
    devices: { trim: async () => {} },
    mutant: undefined,
    log: createLog(() => undefined),
    signal,
  });
  const host = `${ip}:${longhornApiPort}`;
  return {
    ip,
    host,
    datastore,
    refused,
    writes,
    signal,
    put: (name: keyof Datastore, object: object): void => collection(name).put(object),
    call: async (request: string, input?: unknown) => {
      const [method = '', path = ''] = request.split(' ');
      const body = input === undefined ? null : typeof input === 'string' ? input : JSON.stringify(input);
      const response = await fetch(`http://${host}${path}`, { method, body });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    /** Breaks every connection and takes no new one. */
    stop,
  };
};

export type TestApi = Awaited<ReturnType<typeof startTestApi>>;

export const volume = (name: string) => ({
  kind: 'Volume',
  metadata: { name, uid: `uid-of-${name}`, creationTimestamp: '2026-11-20T08:23:54Z' },
  spec: { accessMode: 'rwo', backupTargetName: 'default', numberOfReplicas: 1 },
  status: { state: 'attached', robustness: 'healthy', currentNodeID: 'node1', lastBackup: 'b1' },
});

export const backup = (name: string, { of, ...status }: { of: string; [field: string]: unknown }) => ({
  metadata: { name, labels: { 'backup-target': 'default', 'backup-volume': of } },
  spec: { snapshotName: `s-of-${name}`, backupMode: 'incremental', backupBlockSize: '2097152', labels: {} },
  status: { state: '', progress: 0, messages: null, labels: null, url: '', snapshotName: '', ...status },
});

export const backupVolume = (name: string, { of }: { of: string }) => ({
  metadata: { name },
  spec: { volumeName: of, backupTargetName: 'default', syncRequestedAt: null },
  status: { lastBackupName: 'b1', size: '4096', labels: null, messages: null },
});
