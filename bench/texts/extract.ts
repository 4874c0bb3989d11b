/** An error text of a Go source, with its format verbs filled in. */
export type SourceText = { file: string; line: number; text: string };

const literal = /"((?:[^"\\]|\\.)*)"|`([^`]*)`/g;
const literalHere = new RegExp(literal.source, 'y');

// Calls that make an error, or write one to a log or an event.
const call =
  /\b(?:errors\.(?:New|Errorf|Wrapf?|WithMessagef?)|fmt\.Errorf|status\.Errorf?|werror\.New\w+Error|\w+\.(?:Error|Warn|Warning|Fatal)f?|Eventf?)\(/g;
// A chained call, as in logger.WithError(err).Errorf(...), follows a closing bracket.
const chained = /\)\.(?:Error|Warn|Warning|Fatal)f?\(/g;

/** Returns the arguments of a call. `start` is the position just after its opening bracket. */
const argumentsFrom = (source: string, start: number): string => {
  let depth = 1;
  let at = start;
  while (at < source.length && depth > 0) {
    const sign = source[at];
    if (sign === '"' || sign === '`') {
      literalHere.lastIndex = at;
      at += literalHere.exec(source)?.[0].length ?? 1;
      continue;
    }
    if (sign === '(') depth += 1;
    if (sign === ')') depth -= 1;
    at += 1;
  }
  return source.slice(start, at - 1);
};

const pvc = 'pvc-2f0a5c1e-7d3b-4e8a-9c60-1b2d3e4f5a6b';
const names: readonly (readonly [RegExp, string])[] = [
  [/(?:size|offset|count|bytes|limit|length|attempts|seconds|got|expect\w*|[<>=])\W*$/i, '5'],
  [/(?:err|error|because|due to|cause|reason|:)\W*$/i, 'E'],
  [/(?:url|target|dest\w*|store)\W*$/i, 's3://bucket@region/'],
  [/(?:path|file|dir\w*|folder)\W*$/i, '/var/lib/x'],
  [/volume\W*$/i, pvc],
  [/backup\W*$/i, 'backup-0123456789abcdef'],
  [/replica\W*$/i, `${pvc}-r-0a1b2c3d`],
  [/engine\W*$/i, `${pvc}-e-0`],
  [/lock\W*$/i, 'lock-0a1b2c3d.lck'],
  [/(?:address|addr|at|on)\W*$/i, '10.42.0.7:10000'],
];

const verb = /%(?:%|[-+# 0]*\d*(?:\.\d+)?[a-zA-Z])/g;

const fill = (format: string): string =>
  format.replace(verb, (each, offset: number) => {
    if (each === '%%') return '%';
    if (/[dxXofFeg]$/.test(each)) return '5';
    const isLast = offset + each.length === format.length;
    const before = format.slice(0, offset);
    const found =
      each === '%w' || (isLast && /:\s*$/.test(before))
        ? 'E'
        : (names.find(([pattern]) => pattern.test(before))?.[1] ?? 'name-1');
    return each.endsWith('q') ? `"${found}"` : found;
  });

const unquote = (quoted: string): string =>
  quoted.replaceAll(/\\(["\\nt])/g, (_, sign: string) => (sign === 'n' ? '\n' : sign === 't' ? '\t' : sign));

/** Extracts the texts of errors and warnings from a Go source. The letter E replaces a wrapped error. */
export const extractTexts = (file: string, source: string): SourceText[] =>
  [...source.matchAll(call), ...source.matchAll(chained)].flatMap((found) => {
    const start = found.index + found[0].length;
    const literals = [...argumentsFrom(source, start).matchAll(literal)].map(
      ([, quoted, raw]) => raw ?? unquote(quoted ?? ''),
    );
    const format = literals.find((each) => /\w\W*\s/.test(each));
    if (format === undefined) return [];
    const wraps = /errors\.(?:Wrap|WithMessage)/.test(found[0]);
    const filled = fill(format).trim();
    const text = wraps ? `${filled}: E` : filled;
    return [
      {
        file,
        line: source.slice(0, found.index).split('\n').length,
        text: file.startsWith('webhook/')
          ? `admission webhook "validator.longhorn.io" denied the request: ${text}`
          : text,
      },
    ];
  });
