import type { Setting } from '../longhorn/objects.ts';
import { type Links, type Resource, withLinks } from './resource.ts';

/** A Setting as the API shows it, without the definition that the UI's form of settings is made from. */
export const toSetting = ({ metadata, value, status }: Setting, links: Links): Resource =>
  withLinks({ id: metadata.name, type: 'setting', name: metadata.name, value, applied: status?.applied ?? false }, links);
