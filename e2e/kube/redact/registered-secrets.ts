/** The text that replaces a secret. */
export const redactionText = (what: string): string => `[redacted: ${what}]`;

// In characters. Shorter values are found only by their context (rules.ts). Replacing them everywhere would make a
// report unreadable.
const shortest = 8;

// A password such as "longhorn" would redact every occurrence of the name.
const couldBeAName = /^[a-z][a-z-]{0,15}$/i;

const forms = new Map<string, string>();
let sorted: [form: string, what: string][] | undefined;

/**
 * Registers a secret value. From now on it is redacted wherever it occurs, also as base64, within base64, or escaped
 * for JSON or a URL.
 */
export const registerSecret = (value: unknown, what: string): void => {
  if (typeof value !== 'string' || value.length < shortest || couldBeAName.test(value)) return;
  for (const form of formsOf(value)) if (form.length >= shortest && !forms.has(form)) forms.set(form, what);
  sorted = undefined;
};

/** Redacts the registered secrets. */
export const redactRegistered = (text: string): string => {
  // The longest first, because a secret may contain another.
  sorted ??= [...forms].toSorted(([one], [other]) => other.length - one.length);
  // A separate search for each is many times faster than one regular expression for all.
  return sorted.reduce(
    (done, [form, what]) => (done.includes(form) ? done.replaceAll(form, redactionText(what)) : done),
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
  // Escaped twice, as JSON in a string of JSON.
  const twice = [JSON.stringify(inTexts[0]).slice(1, -1), encodeURIComponent(bytes.toString('base64'))];
  return [value, bytes.toString('base64'), bytes.toString('base64url'), ...asBase64, ...inTexts, ...twice];
};

/**
 * How bytes appear in the base64 of a larger text, if they start at this position in a group of three. Without the
 * characters that also encode neighbouring bytes.
 */
const withinBase64 = (bytes: Buffer, before: number): string[] => {
  const whole = Math.floor(((before + bytes.length) * 8) / 6);
  const own = (encoded: string) => encoded.slice(Math.ceil((before * 8) / 6), whole);
  const padded = Buffer.concat([Buffer.alloc(before), bytes]);
  return [own(padded.toString('base64')), own(padded.toString('base64url'))];
};
