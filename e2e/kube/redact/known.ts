/** What stands in the place of a secret. */
export const mark = (what: string): string => `[redacted: ${what}]`;

// Shorter ones are found by where they stand alone: as pieces of other words they would make a report
// unreadable.
const shortest = 8;

// A password such as "longhorn" would take the name of everything along.
const couldBeAName = /^[a-z][a-z-]{0,15}$/i;

const forms = new Map<string, string>();
let sorted: [form: string, what: string][] | undefined;

/**
 * Remembers a value that is secret: from now on it is redacted wherever it shows up, also as base64, or a
 * part of that, or escaped for JSON or a URL.
 */
export const know = (value: unknown, what: string): void => {
  if (typeof value !== 'string' || value.length < shortest || couldBeAName.test(value)) return;
  for (const form of formsOf(value)) if (form.length >= shortest && !forms.has(form)) forms.set(form, what);
  sorted = undefined;
};

/** Redacts the values that are known to be secret. */
export const redactKnown = (text: string): string => {
  // The longest first: one may be a piece of another.
  sorted ??= [...forms].toSorted(([one], [other]) => other.length - one.length);
  // One look for each is many times faster than one expression for all.
  return sorted.reduce(
    (done, [form, what]) => (done.includes(form) ? done.replaceAll(form, mark(what)) : done),
    text,
  );
};

const formsOf = (value: string): string[] => {
  const bytes = Buffer.from(value);
  const asBase64 = [0, 1, 2].flatMap((before) => withinBase64(bytes, before));
  const inTexts = [
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    new URLSearchParams({ v: value }).toString().slice(2),
  ];
  // What is escaped once more, as JSON in a text in JSON.
  const twice = [JSON.stringify(inTexts[0]).slice(1, -1), encodeURIComponent(bytes.toString('base64'))];
  return [value, bytes.toString('base64'), bytes.toString('base64url'), ...asBase64, ...inTexts, ...twice];
};

/**
 * How bytes look in the base64 of something that has them, as many bytes into a group of three: without the
 * signs that others have a part in.
 */
const withinBase64 = (bytes: Buffer, before: number): string[] => {
  const whole = Math.floor(((before + bytes.length) * 8) / 6);
  const own = (encoded: string) => encoded.slice(Math.ceil((before * 8) / 6), whole);
  const padded = Buffer.concat([Buffer.alloc(before), bytes]);
  return [own(padded.toString('base64')), own(padded.toString('base64url'))];
};
