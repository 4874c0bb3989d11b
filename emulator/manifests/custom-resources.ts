import { type ServedKind, servedKinds } from './kinds.ts';
import { object } from './schema.ts';

export const group = 'longhorn.io';

// What `kubectl get` shows of a kind, where it has that.
const columns = [
  { name: 'State', field: 'state' },
  { name: 'Available', field: 'available' },
  { name: 'Node', field: 'ownerID' },
] as const;

const definition = ({ kind, plural, shortNames, spec, status, value }: ServedKind) => {
  const singular = kind.toLowerCase();
  const properties = {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    ...(spec && { spec }),
    ...(value && { value }),
    status,
  };
  const additionalPrinterColumns = columns
    .filter(({ field }) => status.properties?.[field])
    .map(({ name, field }) => ({
      name,
      type: status.properties?.[field]?.type,
      jsonPath: `.status.${field}`,
    }));
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, plural, singular, listKind: `${kind}List`, shortNames },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1beta2',
          served: true,
          storage: true,
          subresources: { status: {} },
          // The server drops an empty list, and would then find that two who apply the same disagree.
          ...(additionalPrinterColumns.length > 0 && { additionalPrinterColumns }),
          schema: { openAPIV3Schema: object(properties) },
        },
      ],
    },
  };
};

/**
 * The custom resources the emulator serves, under Longhorn's names; every kind has a status of its own, as
 * Longhorn's have.
 */
export const customResourceDefinitions = servedKinds.map(definition);
