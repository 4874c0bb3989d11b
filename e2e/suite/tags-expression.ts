/**
 * The operator that stands alone in an expression of tags, `&` or `|`: vitest (5.1.0) never ends reading one.
 * Undefined where there is none: then vitest says itself what else is wrong.
 */
export const loneOperator = (expression: string): string | undefined =>
  /[&|]/.exec(expression.replaceAll(/&&|\|\|/g, ''))?.[0];
