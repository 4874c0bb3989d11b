import type { S3 } from '@aws-sdk/client-s3';
import type { Cluster, PodTarget, Resource } from '../kube/cluster.ts';
import type { DialingAgent } from './drivers/s3/client.ts';
import type { StoreSource } from './format/source.ts';
import type { WriteStore } from './format/write-backup.ts';
import type { BackupStore } from './store.ts';

/**
 * Where a store is: in a namespace of its own, or, under a name of its own, in one that was there before and
 * holds others as well.
 */
export type StorePlace = { namespace: string; name?: string | undefined };

/**
 * A bucket that was there before the run: where its server is, and the Secret (NAMESPACE/NAME) that holds what
 * it is logged in to by, as Longhorn has it.
 */
export type OwnBucket = { endpoint: string; bucket: string; region: string; secret: string };

/**
 * What a store's server is started with besides, for faults: every client is one user there, whose rights count;
 * its files are on a small disk of its own; or it is a server of S3 that keeps versions, that has a proxy before
 * it which can answer wrongly, or that is asked without TLS, by a proxy too.
 */
export type ServerFeature = 'one-user' | 'small-disk' | 'versions' | 'proxy' | 'no-tls';

/** What a store is started with. One of a scenario's has a Lease beside it, until `scenarioSignal` aborts. */
export type StartStore = StorePlace & {
  run: string;
  features?: readonly ServerFeature[];
  image: string;
  /** For stores in a bucket that was there before. */
  ownBucket?: OwnBucket | undefined;
  signal: AbortSignal;
  scenarioSignal?: AbortSignal;
};

/**
 * What kind of server in a pod it is: how sentences call it, and the name and the `app` label of its container
 * and pods.
 */
export type ServerKind = { called: string; container: string; app: string };

/** A folder of a pod, which a program in it serves; `root` is that folder as the pod sees it. */
export type FolderAccess = { cluster: Cluster; pod: PodTarget; program: string; root: string };

/** Where every longhorn-manager mounts a store, and by which URL it can be asked to: no login is needed. */
export type ManagerMountAccess = { cluster: Cluster; url: string; mountPoint: () => string };

/** Where in a bucket a store is, without a slash at the prefix's ends; asked with the rights that Longhorn has. */
export type BucketFolder = { client: S3; bucket: string; prefix: string };

/** A store in a bucket, and the place by which it is found again. */
export type BucketAccess = BucketFolder & { place: StorePlace };

/** What a server of S3 is logged in to by; its certificate is its own authority. */
export type S3Login = Record<
  'endpoint' | 'tls.crt' | 'user' | 'user-secret' | 'next' | 'next-secret' | 'root' | 'root-secret',
  string
>;

/**
 * A server as who looks into its store reaches it, past a proxy: with the user's rights, which Longhorn has
 * too, with the key that may take the place of that user's (`next`), or with all rights. `proxy` is the one
 * before it, which Longhorn reaches it through: as that user, and how its own rules are reached.
 */
export type S3Server = {
  pod: PodTarget;
  user: S3;
  next: S3;
  root: S3;
  login: S3Login;
  proxy?: { user: S3; agent: DialingAgent };
};

/** A server of S3, and the place of the store that it has. */
export type S3ServerAccess = { cluster: Cluster; server: S3Server; place: StorePlace };

/** The ways to a store beside its files, by which faults are done to it: a store has some of them. */
export type StoreAccess = {
  folder: FolderAccess;
  managerMount: ManagerMountAccess;
  bucket: BucketAccess;
  s3Server: S3ServerAccess;
};

/** The name of such a way. */
export type Way = keyof StoreAccess;

/** A store that runs. */
export type RunningStore = BackupStore & {
  /** The name of its driver. */
  driver: string;
  access: Partial<StoreAccess>;
  /** What Longhorn's backup target is to be set to. */
  url: string;
  /**
   * The name of the Secret in Longhorn's namespace by which it logs in there; empty where none is needed.
   */
  credentialSecret: string;
  /** The node that its server runs on; undefined where that is none of the cluster's. */
  node: string | undefined;
  /** Every file of it, for who wants more than the questions of a BackupStore. */
  source: StoreSource;
  /** What its server has said since then, a file each. */
  logs(since: Date): { file: string; read(): Promise<string> }[];
  /** Opens the way into the folder of a volume that it knows nothing of. */
  write: WriteStore;
  /**
   * How a program on a node mounts it, as arguments of mount(8); undefined for a store that nobody mounts.
   */
  mountArguments: string | undefined;
  /**
   * Where Longhorn's commands find it, in the container in which they run; undefined for a store that they
   * do not mount.
   */
  mountPoint: (() => string) | undefined;
};

/** Something that requests for a store do where the stores are, or in Longhorn's namespace. */
export type StoreRule = {
  place?: 'longhorn';
  resource: Resource;
  subresource?: 'exec' | 'log' | 'portforward';
  verbs: readonly ('get' | 'list' | 'watch' | 'create' | 'patch' | 'delete')[];
  /** Why no run that goes well asks for it, where that is so. */
  seldom?: string;
};

/** One kind of backup store, and all that is known of it. */
export type StoreDriver = {
  name: string;
  /** How sentences call its stores and the server of one, with an article. */
  called: { store: string; server: string };
  /** Whether Longhorn mounts its stores, so that what it does to a file can be seen and held on a node. */
  mounted: boolean;
  /** What an image must be to serve a store, as the end of "name an image". */
  image: string;
  /** Starts a store of its own and returns when it answers. */
  start(cluster: Cluster, options: StartStore): Promise<RunningStore>;
  /**
   * Removes a store, with its namespace where it has one of its own, and returns when it is gone; one that is
   * gone already is no error.
   */
  remove(cluster: Cluster, place: StorePlace): Promise<void>;
  /**
   * Removes what a store has outside of the cluster, which would outlive all that is in there; returns what it
   * did, where there was something.
   */
  empty?(cluster: Cluster, place: StorePlace): Promise<string | undefined>;
  /** The place of a store of the suite's by its URL; undefined for any other URL. */
  placeOf(url: string): StorePlace | undefined;
  /** Opens a store by its place, as far as it still runs: as many as serve it. */
  find(cluster: Cluster, place: StorePlace): Promise<BackupStore[]>;
  /**
   * What is asked of the cluster to have a store and to look into it; besides, where it shares a namespace
   * with others.
   */
  rights: { always: readonly StoreRule[]; inSharedNamespace: readonly StoreRule[] };
  /**
   * The ways to its stores that faults take, and how they find what to heal: by the kind of pods that serve
   * folders, or by the place of a store in a bucket.
   */
  access: {
    folder?: ServerKind;
    managerMount?: true;
    bucket?: (cluster: Cluster, place: StorePlace) => Promise<BucketFolder[]>;
    s3Server?: true;
  };
  /** How a store is read from this machine. */
  here: ReadFromHere;
};

/** How a store of one kind is read from this machine, without a cluster. */
export type ReadFromHere = {
  /** Of its URLs, without `://`. */
  scheme: string;
  /**
   * Words for the folder that it is in, where it may be in one, and for its URL, as they stand in the help of
   * a command, and in an error.
   */
  words: { folder?: string; url: string; wanted: string };
  /**
   * The folder on this machine that a URL is to be found in, or the store itself where it is none; throws
   * StoreUnreadable.
   */
  find(url: string): Promise<{ folder: string } | { source: StoreSource } | NotHere>;
};

/** Why a URL leads to no store: it is `wrong`, or there is none. */
export type NotHere = { problem: string; wrong: boolean };
