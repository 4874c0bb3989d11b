import type { IncomingMessage } from 'node:http';
import type { Devices } from '../engine/device.ts';
import type { Datastore } from '../manager/datastore.ts';
import type { Mutant } from '../mutants.ts';
import type { CollectionResource, Links, RancherResource } from './resource.ts';

/** The arguments of an API handler. */
export type ApiCall = {
  datastore: Datastore;
  mutant: Mutant | undefined;
  /** The node of this manager, and its devices. */
  node: string;
  devices: Pick<Devices, 'trim'>;
  /** Name of the object in the path, '' for a collection. */
  name: string;
  input: Input;
  links: Links;
};

/** Handles an action or a method. Returns the response body, or undefined for a response without one. */
export type ApiAction = (call: ApiCall) => Promise<RancherResource | CollectionResource | undefined>;

/** The JSON body of a request. A missing field counts as empty, as in Go. */
type Input = Record<string, unknown>;

const longestBody = 1 << 20;

/**
 * Reads the JSON body of a request, {} if it has none. Throws if the body is not a JSON object, or has more
 * than 1,048,576 characters.
 */
export const readJsonBody = async (request: IncomingMessage): Promise<Input> => {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    text += chunk;
    if (text.length > longestBody) throw new Error(`the body is longer than ${longestBody} characters`);
  }
  if (text.trim() === '') return {};
  const input: unknown = JSON.parse(text);
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new Error('the body is not a JSON object');
  return input as Input;
};

/** Returns a string field of the input, '' if it is missing. Throws for any other type. */
export const stringField = (input: Input, field: string): string => {
  const value = input[field] ?? '';
  if (typeof value !== 'string') throw new Error(`${field} is not a string`);
  return value;
};

/** Returns a field of the input that maps strings to strings, {} if it is missing. Throws for any other type. */
export const stringMapField = (input: Input, field: string): Record<string, string> => {
  const value = input[field] ?? {};
  const isTexts =
    typeof value === 'object' &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === 'string');
  if (!isTexts) throw new Error(`${field} is not a map of strings`);
  return value as Record<string, string>;
};

/** Returns a field of the input that is a list of strings, [] if it is missing. Throws for any other type. */
export const stringListField = (input: Input, field: string): string[] => {
  const value = input[field] ?? [];
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string'))
    throw new Error(`${field} is not a list of strings`);
  return value;
};

/** Returns a number field of the input, 0 if it is missing. Throws for any other type. */
export const numberField = (input: Input, field: string): number => {
  const value = input[field] ?? 0;
  if (typeof value !== 'number') throw new Error(`${field} is not a number`);
  return value;
};
