/** An object as Longhorn's API writes it, in Rancher's conventions; fields beyond these are its own. */
export type RancherResource = {
  id?: string;
  type: string;
  links?: Record<string, string>;
  actions?: Record<string, string>;
  [field: string]: unknown;
};

/** A list of resources of one type, as Longhorn's API writes it. */
export type CollectionResource = {
  type: 'collection';
  resourceType: string;
  links: Record<string, string>;
  data: RancherResource[];
};

/** Path of a type's collection; the names of types are in camel case, those in paths are not. */
const pathOf = (type: string): string => `${type.toLowerCase()}s`;

/** Where the answer to a request says that things are. */
export type Links = {
  /** The request's own URL without its query. */
  self: string;
  resource(type: string, id: string): string;
};

/** Makes links for a request that came to an origin such as http://longhorn-backend:9500. */
export const createLinks = (origin: string, path: string): Links => ({
  self: origin + path,
  resource: (type, id) => `${origin}/v1/${pathOf(type)}/${id}`,
});

/** Puts a resource's link to itself and the links of its actions beside its own fields. */
export const withLinks = (
  resource: RancherResource,
  links: Links,
  actions: readonly string[] = [],
): RancherResource => {
  const self = resource.id === undefined ? links.self : links.resource(resource.type, resource.id);
  return {
    ...resource,
    links: { ...resource.links, self },
    actions: Object.fromEntries(actions.map((action) => [action, `${self}?action=${action}`])),
  };
};

export const toCollection = (
  resourceType: string,
  data: RancherResource[],
  { self }: Links,
): CollectionResource => ({
  type: 'collection',
  resourceType,
  links: { self },
  data,
});
