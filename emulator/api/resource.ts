/** Port of the API in each manager's pod. */
export const longhornApiPort = 9500;

/** A resource of Longhorn's API, in Rancher's conventions. Further fields depend on the type. */
export type RancherResource = {
  id?: string;
  type: string;
  links?: Record<string, string>;
  actions?: Record<string, string>;
  [field: string]: unknown;
};

/** A list of resources of one type in Longhorn's API. */
export type CollectionResource = {
  type: 'collection';
  resourceType: string;
  links: Record<string, string>;
  data: RancherResource[];
};

/** Path of a type's collection. Type names are in camel case, paths in lower case. */
const pathOf = (type: string): string => `${type.toLowerCase()}s`;

/** Makes the URLs in a response. */
export type Links = {
  /** URL of the request without its query. */
  self: string;
  resource(type: string, id: string): string;
};

/** Creates the links for a request to an origin such as http://longhorn-backend:9500. */
export const createLinks = (origin: string, path: string): Links => ({
  self: origin + path,
  resource: (type, id) => `${origin}/v1/${pathOf(type)}/${id}`,
});

/** Adds to a resource the links to itself and to its actions. */
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
