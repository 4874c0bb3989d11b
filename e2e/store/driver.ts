import type { S3 } from '@aws-sdk/client-s3';
import type { Cluster, PodTarget, Resource } from '../kube/cluster.ts';
import type { DialingAgent } from './drivers/s3/client.ts';
import type { StoreSource } from './format/source.ts';
import type { WriteStore } from './format/write-backup.ts';
import type { BackupStore } from './store.ts';

/**
 * Where a store is. Without `name` it has its own namespace. With `name` it shares an existing namespace with other
 * stores.
 */
export type StorePlace = { namespace: string; name?: string | undefined };

/**
 * A bucket that existed before the run. `secret` is NAMESPACE/NAME of the Secret with its credentials, in the form
 * that Longhorn uses.
 */
export type OwnBucket = { endpoint: string; bucket: string; region: string; secret: string };

/**
 * Options of a store's server, for faults. `one-user`: the server maps all clients to one user, so file rights apply.
 * `small-disk`: the files are on a small file system. The others are for S3: `versions` keeps versions of objects;
 * `proxy` puts a proxy before the server that can answer wrongly; `no-tls` serves without TLS.
 */
export type ServerFeature = 'one-user' | 'small-disk' | 'versions' | 'proxy' | 'no-tls';

/** How to start a store. With `scenarioSignal`, a Lease beside the store is renewed until it aborts. */
export type StartStore = StorePlace & {
  run: string;
  features?: readonly ServerFeature[];
  image: string;
  /** Only for stores in a bucket that existed before the run. */
  ownBucket?: OwnBucket | undefined;
  signal: AbortSignal;
  scenarioSignal?: AbortSignal;
};

/** A kind of server that runs in a pod: its name in sentences, the name of its container, and its `app` label. */
export type ServerKind = { called: string; container: string; app: string };

/** A folder that a program in a pod serves. `root` is its path in the pod. */
export type FolderAccess = { cluster: Cluster; pod: PodTarget; program: string; root: string };

/** The URL and mount point of a store that every longhorn-manager mounts. The URL needs no login. */
export type ManagerMountAccess = { cluster: Cluster; url: string; mountPoint: () => string };

/** A folder in a bucket. `prefix` has no slash at its ends. The client has the rights of Longhorn. */
export type BucketFolder = { client: S3; bucket: string; prefix: string };

/** A store in a bucket, and the place for finding it again. */
export type BucketAccess = BucketFolder & { place: StorePlace };

/** The credentials of an S3 server. Its certificate is its own certificate authority. */
export type S3Login = Record<
  'endpoint' | 'tls.crt' | 'user' | 'user-secret' | 'next' | 'next-secret' | 'root' | 'root-secret',
  string
>;

/**
 * Clients for an S3 server, past the proxy if there is one. `user` has Longhorn's rights. `next` has the key that may
 * replace the key of `user`. `root` has all rights. `proxy` is the proxy before the server: a client with Longhorn's
 * rights, and an agent for requests to the proxy's rules.
 */
export type S3Server = {
  pod: PodTarget;
  user: S3;
  next: S3;
  root: S3;
  login: S3Login;
  proxy?: { user: S3; agent: DialingAgent };
};

/** An S3 server, and the place of its store. */
export type S3ServerAccess = { cluster: Cluster; server: S3Server; place: StorePlace };

/** The ways in which faults reach a store. A store supports some of them. */
export type StoreAccess = {
  folder: FolderAccess;
  /** A folder whose server stays away after it was killed, while a file is there (see its manifest). */
  endableServer: FolderAccess;
  managerMount: ManagerMountAccess;
  bucket: BucketAccess;
  s3Server: S3ServerAccess;
};

/** The name of a way in which faults reach a store. */
export type StoreAccessKind = keyof StoreAccess;

/** A store that is running. */
export type RunningStore = BackupStore & {
  driver: string;
  access: Partial<StoreAccess>;
  /** The URL for Longhorn's backup target. */
  url: string;
  /** The name of the Secret with its credentials in Longhorn's namespace. Empty if it needs none. */
  credentialSecret: string;
  /** The node of its server. Undefined if the server is not on a node of the cluster. */
  node: string | undefined;
  /** All files of the store, for questions that `BackupStore` does not answer. */
  source: StoreSource;
  /** The logs of its server since a time, one entry for each log file. */
  logs(since: Date): { file: string; read(): Promise<string> }[];
  /** Starts writing into the folder of a volume. */
  write: WriteStore;
  /** The arguments of mount(8) with which a program on a node mounts it. Undefined if it cannot be mounted. */
  mountArguments: string | undefined;
  /** The mount point in the containers in which Longhorn's commands run. Undefined if Longhorn does not mount it. */
  mountPoint: (() => string) | undefined;
};

/** Requests to the cluster that a driver needs, in the namespace of the store or in Longhorn's namespace (`place`). */
export type StoreRule = {
  place?: 'longhorn';
  resource: Resource;
  subresource?: 'exec' | 'log' | 'portforward';
  verbs: readonly ('get' | 'list' | 'watch' | 'create' | 'patch' | 'delete')[];
  /** Why runs without failures do not send these requests. Missing if they do. */
  rareUse?: string;
};

/** A kind of backup store. A driver contains everything about it. */
export type StoreDriver = {
  name: string;
  /** The names of its stores and of their servers in sentences, with an article. */
  called: { store: string; server: string };
  /** Whether Longhorn mounts its stores. If so, file operations can be observed and held on a node. */
  mounted: boolean;
  /** The requirements on an image that serves a store, as text after "name an image". */
  image: string;
  /** Starts a store. Returns when the store answers. */
  start(cluster: Cluster, options: StartStore): Promise<RunningStore>;
  /**
   * Removes a store, including a namespace of its own. Returns when it is gone. A store that is already gone is not
   * an error.
   */
  remove(cluster: Cluster, place: StorePlace): Promise<void>;
  /**
   * Removes the data of a store outside the cluster, which would outlive the objects in the cluster. Returns what it
   * did; undefined if there was nothing to do.
   */
  empty?(cluster: Cluster, place: StorePlace): Promise<string | undefined>;
  /** The place of a store of the suite by its URL. Undefined for any other URL. */
  placeOf(url: string): StorePlace | undefined;
  /** Opens the stores at a place, one for each server that runs. */
  find(cluster: Cluster, place: StorePlace): Promise<BackupStore[]>;
  /**
   * The requests to the cluster for running and reading a store: `always`, and the additional ones in a namespace
   * shared with other stores.
   */
  rights: { always: readonly StoreRule[]; inSharedNamespace: readonly StoreRule[] };
  /**
   * The ways in which faults reach its stores. For heals, `folder` names the kind of pods that serve folders, and
   * `bucket` finds the folders of a place in a bucket.
   */
  access: {
    folder?: ServerKind;
    endableServer?: true;
    managerMount?: true;
    bucket?: (cluster: Cluster, place: StorePlace) => Promise<BucketFolder[]>;
    s3Server?: true;
  };
  /** How this machine reads a store. */
  localReader: LocalReader;
};

/** How this machine reads a store of one kind, without a cluster. */
export type LocalReader = {
  /** The scheme of its URLs, without `://`. */
  scheme: string;
  /**
   * Text for the help and the errors of a command: the folder of the store (if it can be in one), its URL, and what
   * an argument must be.
   */
  words: { folder?: string; url: string; wanted: string };
  /**
   * Finds the folder on this machine for a URL, or a source if the store is not in a folder. Throws `StoreUnreadable`.
   */
  find(url: string): Promise<{ folder: string } | { source: StoreSource } | NoLocalStore>;
};

/** Why a URL does not lead to a store. `wrong` is true if the URL itself is wrong, and false if there is no store. */
export type NoLocalStore = { problem: string; wrong: boolean };
