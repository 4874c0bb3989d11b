/** A structural schema of a custom resource's field, as apiextensions.k8s.io/v1 has it. */
export type Schema = {
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  items?: Schema;
  required?: string[];
  nullable?: boolean;
  default?: unknown;
  'x-kubernetes-preserve-unknown-fields'?: true;
};

/** A field of a type; nullable unless it is required to be there, as Go's zero values are written as null. */
const of =
  (type: string) =>
  (more: Schema = {}): Schema => ({ type, ...more });

export const text = of('string');
export const integer = of('integer');
export const flag = of('boolean');
export const nullableText = text({ nullable: true });

/** A map of strings. */
export const texts: Schema = { type: 'object', additionalProperties: text(), nullable: true };

export const map = (values: Schema): Schema => ({
  type: 'object',
  additionalProperties: values,
  nullable: true,
});

export const object = (properties: Record<string, Schema>, required: string[] = []): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});

/** An object whose other fields are kept too: what the emulator does not do must reach it, to be answered. */
export const open = (properties: Record<string, Schema>, required: string[] = []): Schema => ({
  ...object(properties, required),
  'x-kubernetes-preserve-unknown-fields': true,
});

/** A list of conditions. */
export const conditions: Schema = {
  type: 'array',
  nullable: true,
  items: object({
    type: text(),
    status: text(),
    reason: text(),
    message: text(),
    lastProbeTime: text(),
    lastTransitionTime: text(),
  }),
};
