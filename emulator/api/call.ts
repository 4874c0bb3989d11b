import type { IncomingMessage } from 'node:http';
import type { Datastore } from '../manager/datastore.ts';
import type { CollectionResource, Links, RancherResource } from './resource.ts';

/** What a handler of the API is called with. */
export type ApiCall = {
  datastore: Datastore;
  /** The object in the path, '' if it names a collection. */
  name: string;
  input: Input;
  links: Links;
};

/**
 * Does what an action or a method stands for and gives the answer's body, undefined for an answer without
 * one.
 */
export type ApiAction = (call: ApiCall) => Promise<RancherResource | CollectionResource | undefined>;

/** What an action is called with; a field that is missing is empty, as in Go. */
type Input = Record<string, unknown>;

const longestBody = 1 << 20;

/** Reads a request's body, {} if it has none; throws for what is no JSON object or longer than 1 MiB. */
export const readInput = async (request: IncomingMessage): Promise<Input> => {
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

/** A text of the input, '' if it is not there; throws if it is something else. */
export const textOf = (input: Input, field: string): string => {
  const value = input[field] ?? '';
  if (typeof value !== 'string') throw new Error(`${field} is not a string`);
  return value;
};

/** Texts by name of the input, none if they are not there; throws if they are something else. */
export const textsOf = (input: Input, field: string): Record<string, string> => {
  const value = input[field] ?? {};
  const isTexts =
    typeof value === 'object' &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === 'string');
  if (!isTexts) throw new Error(`${field} is not a map of strings`);
  return value as Record<string, string>;
};
