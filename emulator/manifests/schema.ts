/** A structural schema of a custom resource's field, as in apiextensions.k8s.io/v1. */
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

/** Returns a function that creates the schema of a field with this type. */
const of =
  (type: string) =>
  (more: Schema = {}): Schema => ({ type, ...more });

export const text = of('string');
export const integer = of('integer');
export const flag = of('boolean');
export const nullableText = text({ nullable: true });

/** A map of strings. */
export const textMap: Schema = { type: 'object', additionalProperties: text(), nullable: true };

/** A list of strings. */
export const textList: Schema = { type: 'array', items: text(), nullable: true };

export const mapOf = (values: Schema): Schema => ({
  type: 'object',
  additionalProperties: values,
  nullable: true,
});

export const object = (properties: Record<string, Schema>, required: string[] = []): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});

/**
 * An object that also keeps unknown fields: the emulator must receive fields that it does not implement, to
 * report them.
 */
export const openObject = (properties: Record<string, Schema>, required: string[] = []): Schema => ({
  ...object(properties, required),
  'x-kubernetes-preserve-unknown-fields': true,
});

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
