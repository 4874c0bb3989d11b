import type { Cluster, Resource } from '../kube/cluster.ts';
import type { StoreSource } from './format/source.ts';
import type { WriteStore } from './format/write-backup.ts';
import type { BackupStore } from './store.ts';

/**
 * What a backup store may be able to have done to it, and what a scenario needs that needs it. Not every
 * driver can do all of them.
 */
export const abilities = {
  denyDeletion: 'a backup store that can be made to refuse the removal of a file',
  foreignLock: "a backup store into which a lock can be written that is none of Longhorn's",
  stall: 'a backup store whose server can be made to answer nothing, or slowly',
  readOnlyBackups: 'a backup store that longhorn-manager mounts, where a folder of it can be made read-only',
  denyReading: 'a backup store whose server can be made to refuse the reading of a folder to every client',
  emptyFile: 'a backup store in which a file can be emptied, and filled again',
  hideFile: 'a backup store out of which a file can be moved, and back',
  littleSpace: 'a backup store of little space, which can be filled up',
  replaceKey: 'a backup store that Longhorn logs in to by a key, which can be replaced',
  keepVersions: 'a backup store in which what is deleted stays as a version, under retention',
  wrongAnswers: 'a backup store that is asked by HTTP, where chosen requests can be answered wrongly',
} as const;

/** The name of something that can be done to a store. */
export type Ability = keyof typeof abilities;

/** Whether there is an ability of that name. */
export const isAbility = (name: string): name is Ability => Object.hasOwn(abilities, name);

/**
 * Something that is done to a store on purpose: a fault, as far as its driver knows it. How to undo it is
 * known by `data` (JSON) alone.
 */
export type Trouble = {
  /** As a reader would say it: "the config of the first backup is immutable". */
  title: string;
  data: object;
  inject(): Promise<void>;
  /** Evidence, as a sentence, that it is in force now; throws when it is not. */
  prove(): Promise<string>;
  /**
   * Says that it has ended by a bound of its own, though nobody has undone it; undefined while it is in force.
   * Missing where it has no such bound.
   */
  lapsed?(): string | undefined;
  /** Called after it was undone, so that nothing this process started stays behind. */
  settle?(): Promise<void>;
};

/**
 * What a lock is for, and the number that stands for it in its file (backupstore, lock.go): locks of one type
 * never conflict.
 */
export const lockTypes = { 'a backup': 1, 'a deletion': 2 } as const;

/**
 * A lock to be written, in seconds: `life` is for how long one counts after it was last written, `counts` for
 * how long this one is to count.
 */
export type WantedLock = { volume: string; of: keyof typeof lockTypes; life: number; counts: number };

/** A lock that nobody of Longhorn's holds, and the means to look at it. */
export type ForeignLock = Trouble & {
  name: string;
  /** As if its holder had written it for the last time now: it counts for its life. */
  abandon(): Promise<void>;
  /**
   * Waits until it counts no more, by the server's clock, and returns how long ago it was written, in
   * seconds; throws when it is not there any more.
   */
  outlived(): Promise<number>;
};

/** A key that is replaced by another, which Longhorn can be given. */
export type ReplacedKey = Trouble & { renew(): Promise<void> };

/** Files whose versions were noted; brings them back as they were then, and says how many were not so. */
export type NotedVersions = { bringBack(): Promise<number> };

/** What is deleted or overwritten stays as a version, and can be brought back by whoever owns the store. */
export type KeptVersions = Trouble & {
  /** Notes the versions that all files in a folder have now, but for locks. */
  note(folder: string): Promise<NotedVersions>;
};

/**
 * What is refused of a folder: its listing, while what is in it can still be read, changed and removed by its
 * name; or anything.
 */
export type DeniedReading = 'its listing' | 'all that is in it';

/** What is asked of a store by HTTP, of one object or of those whose keys begin alike. */
export type Asked = 'list' | 'look' | 'read' | 'write' | 'delete';

/**
 * How requests are answered wrongly: with an error of the server's, with nothing, as if a proxy had rewritten
 * the host that is signed or the time, which is 20 minutes ago then; or a listing in pages of two, or with two entries and no word of the others.
 */
export type WrongAnswer =
  | 'AccessDenied'
  | 'SlowDown'
  | 'InternalError'
  | 'silence'
  | 'another host'
  | 'another time'
  | 'short pages'
  | 'cut short';

/** Which requests are answered wrongly: each, or each second, third, … of what is asked below a folder, or of all. */
export type Wrong = { asked: Asked; below: string; every: number; answer: WrongAnswer; title: string };

/**
 * How each of the abilities is used on a store; paths are relative to what Longhorn is given as backup
 * target.
 */
export type Troubles = {
  denyDeletion(file: { path: string; title: string }): Trouble;
  foreignLock(lock: WantedLock): ForeignLock;
  /**
   * It answers nothing, for less time than makes Longhorn take the whole store for unavailable, or until the
   * heal; or it is slow.
   */
  stall(how: 'frozen' | 'slow' | 'gone', title: string): Trouble;
  /** No backup below the folder can be removed by a longhorn-manager. */
  readOnlyBackups(folder: { path: string; title: string }): Promise<Trouble>;
  /** No client can list the folder, or do anything to what is in it either. */
  denyReading(folder: { path: string; denied: DeniedReading; title: string }): Trouble;
  /** A file is empty; the heal puts back what was in it, unless it was removed or written anew. */
  emptyFile(file: { path: string; title: string }): Trouble;
  /** A file is not there; the heal brings it back, unless it was written anew. */
  hideFile(file: { path: string; title: string }): Trouble;
  /** It takes only so many bytes more. */
  littleSpace(space: { left: number; title: string }): Trouble;
  /** The key that Longhorn logs in with is no good any more, until it is given the new one. */
  replaceKey(title: string): ReplacedKey;
  /** From now on nothing that is written can be deleted for good for a day. */
  keepVersions(title: string): KeptVersions;
  /** Its server answers chosen requests of everybody's but the suite's own wrongly. */
  wrongAnswers(wrong: Wrong): Trouble;
};

/** How something that was done to a store is undone; may be called again. */
export type Heal = {
  /** By the data that the trouble had; returns what it did. */
  heal(cluster: Cluster, data: unknown): Promise<string>;
  /**
   * By nothing but the id of the run that did it, a line for each; what ends by itself needs none.
   * `namespace` is that of all the run's stores, where each has none of its own.
   */
  healByLabels?(cluster: Cluster, run: string, namespace?: string): Promise<string[]>;
};

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
 * What a store is started with. One of a scenario's has a Lease beside it, until `living` aborts. `needs` is
 * what is to be done to it: for some of that its server has to be another.
 */
export type StartStore = StorePlace & {
  run: string;
  needs?: readonly Ability[];
  image: string;
  /** For stores in a bucket that was there before. */
  ownBucket?: OwnBucket | undefined;
  signal: AbortSignal;
  living?: AbortSignal;
};

/** A store that runs. */
export type RunningStore = BackupStore &
  Pick<Partial<Troubles>, Ability> & {
    /** The name of its driver. */
    driver: string;
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
  /** What its stores are able to have done to them. */
  heals: Partial<Record<Ability, Heal>>;
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
