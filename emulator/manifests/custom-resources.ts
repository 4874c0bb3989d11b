import { pluralOf, type ServedKind, servedKinds } from './kinds.ts';
import { object } from './schema.ts';

export const longhornGroup = 'longhorn.io';

// Columns of `kubectl get`, for kinds that have the field.
const columns = [
  { name: 'State', field: 'state' },
  { name: 'Available', field: 'available' },
  { name: 'Node', field: 'ownerID' },
] as const;

const definition = (served: ServedKind) => {
  const { kind, shortNames, spec, status, value } = served;
  const plural = pluralOf(served);
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
    metadata: { name: `${plural}.${longhornGroup}` },
    spec: {
      group: longhornGroup,
      names: { kind, plural, singular, listKind: `${kind}List`, shortNames },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1beta2',
          served: true,
          storage: true,
          subresources: { status: {} },
          // The server drops an empty list. Two clients that apply the same object would then find a difference.
          ...(additionalPrinterColumns.length > 0 && { additionalPrinterColumns }),
          schema: { openAPIV3Schema: object(properties) },
        },
      ],
    },
  };
};

/**
 * The custom resources of the emulator, under Longhorn's names. Every kind has a status subresource, as in Longhorn.
 */
export const customResourceDefinitions = servedKinds.map(definition);
