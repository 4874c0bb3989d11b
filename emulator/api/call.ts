import type { Datastore } from '../manager/datastore.ts';
import type { Input } from './input.ts';
import type { CollectionResource, Links, Resource } from './resource.ts';

/** What a handler of the API is called with. */
export type Call = {
  datastore: Datastore;
  /** The object in the path, '' if it names a collection. */
  name: string;
  input: Input;
  links: Links;
};

/** Does what an action or a method stands for and gives the answer's body, undefined for an answer without one. */
export type Action = (call: Call) => Promise<Resource | CollectionResource | undefined>;
