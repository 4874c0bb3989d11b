import { tags } from './tags.ts';

// A star matches any text, as in vitest.
const isTag = (pattern: string): boolean => {
  const plain = pattern.replaceAll(/[^\w*-]/g, '\\$&').replaceAll('*', '.*');
  return tags.some(({ name }) => new RegExp(`^${plain}$`).test(name));
};

type Fault = { unknown: string } | { unexpected: string };

// Follows vitest's parser (5.1.0), which loops for ever on a single `&` or `|`, and reports other errors without
// details.
const findFault = (expression: string): Fault | undefined => {
  const left = expression.match(/&&|\|\||[&|!()]|[^\s&|!()]+/g) ?? [];
  const isNext = (words: RegExp): boolean => words.test(left[0] ?? '');
  const operand = (): Fault | undefined => {
    const token = left.shift() ?? 'end';
    if (/^(!|not)$/i.test(token)) return operand();
    if (token === '(') {
      const fault = operands();
      if (fault !== undefined || isNext(/^\)$/)) left.shift();
      else return { unexpected: left[0] ?? 'end' };
      return fault;
    }
    if (token === 'end' || /^([&|)]+|and|or)$/i.test(token)) return { unexpected: token };
    return isTag(token) ? undefined : { unknown: token };
  };
  const operands = (): Fault | undefined => {
    let fault = operand();
    while (fault === undefined && isNext(/^(&&|\|\||and|or)$/i)) {
      left.shift();
      fault = operand();
    }
    return fault;
  };
  return operands() ?? (left[0] === undefined ? undefined : { unexpected: left[0] });
};

/** Returns what is wrong with a tags expression, before vitest parses it. Undefined if it is correct. */
export const whyNoTags = (expression: string): string | undefined => {
  const fault = findFault(expression);
  if (fault === undefined) return undefined;
  return 'unknown' in fault
    ? `there is no tag "${fault.unknown}"; there are: ${tags.map(({ name }) => name).join(', ')}`
    : `unexpected "${fault.unexpected}": join tags with &&, ||, ! and parentheses`;
};
