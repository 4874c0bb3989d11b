import { redactionText } from './registered-secrets.ts';

/** A pattern for secrets by their context. `text` replaces a match. */
type Rule = { pattern: RegExp; text: string | ((match: string, ...groups: string[]) => string) };

// A quote in JSON, also within a string of JSON.
const quote = String.raw`(?:\\*["'])`;
const value = String.raw`(?:\\*"(?:[^"\\]|\\[^"])*\\*"|'[^']*'|[^\s,;&|}"'\\]{4,})`;

// Environment variables: AWS_SECRET_ACCESS_KEY, CIFS_PASSWORD, GITHUB_TOKEN.
const variable =
  '[A-Z0-9_]{0,60}(?:SECRET|TOKEN|PASSWORD|PASSWD|ACCESS_KEY|ACCOUNT_KEY|API_KEY|PRIVATE_KEY)(?:_ID|_KEY)?';

// Fields of kubeconfigs and other files.
const field =
  '(?:client-key-data|client-certificate-data|client-secret|[a-z]{1,20}-token|token|password|passwd|(?:access|id|refresh|bearer|session|auth)Token|secretAccessKey|accessKeyId|apiKey)';

// Values that reveal nothing: empty, or a boolean.
const harmless = /^\W*(?:true|false|null|undefined|none|\[redacted.*)?\W*$/;

const kept = (what: string) => (match: string, before: string, found: string) => {
  const [quoted = ''] = /^\\*["']/.exec(found) ?? [];
  return harmless.test(found) ? match : `${before}${quoted}${redactionText(what)}${quoted}`;
};

const isPrivate = (encoded: string): boolean =>
  Buffer.from(encoded, 'base64').toString().includes('PRIVATE KEY');

const isJwt = (encoded: string): boolean =>
  /^eyJ[\w-]+\.[\w-]+\./.test(Buffer.from(encoded, 'base64').toString());

/**
 * The rules, in order: a rule must not match the replacement of an earlier one. Repetitions that can start anywhere
 * are bounded, so that megabytes of any text take only milliseconds.
 */
export const redactionRules: Rule[] = [
  {
    pattern: /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?(?:-----END \1PRIVATE KEY-----|$)/g,
    text: redactionText('private key'),
  },
  {
    pattern: /LS0tLS1CRUdJTi[A-Za-z0-9+/_-]{20,}=*/g,
    text: (encoded) => redactionText(isPrivate(encoded) ? 'private key, in base64' : 'PEM, in base64'),
  },
  { pattern: /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}/g, text: redactionText('JWT') },
  {
    pattern: /\bZXlK[A-Za-z0-9+/]{40,}={0,2}/g,
    text: (encoded) => (isJwt(encoded) ? redactionText('JWT, in base64') : encoded),
  },
  {
    pattern: new RegExp(
      String.raw`\b((?:proxy-)?authorization${quote}?\s*[:=]\s*(?:${quote})?)([^\r\n"'\\]{4,})`,
      'gi',
    ),
    text: kept('Authorization header'),
  },
  { pattern: /\b(Bearer )([\w.~+/-]{16,}=*)/g, text: kept('bearer token') },
  {
    pattern: /\b([a-z][a-z0-9+.-]{0,15}:\/\/)([^\s/@"'<>:]*:[^\s/@"'<>]+)(?=@)/gi,
    text: kept('credentials of a URL'),
  },
  { pattern: /\b(https?:\/\/)([^\s/@"'<>:]{4,})(?=@)/gi, text: kept('credentials of a URL') },
  {
    pattern:
      /([?&](?:X-Amz-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|Signature|sig|access_token|id_token|token|api_?key|password|secret)=)([^\s&"'#\\<>]+)/gi,
    text: kept('secret in a URL'),
  },
  { pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, text: redactionText('AWS access key') },
  {
    pattern: new RegExp(
      String.raw`(name${quote}?:\s*${quote}?(?:${variable})${quote}?\s*,?\s*${quote}?value${quote}?:\s*)(${value})`,
      'g',
    ),
    text: kept('secret variable'),
  },
  {
    pattern: new RegExp(String.raw`\b((?:${variable})${quote}?\s*[:=]\s*)(${value})`, 'g'),
    text: kept('secret variable'),
  },
  {
    pattern: new RegExp(String.raw`((?<![\w-])${field}${quote}?(?::\s*|=))(${value})`, 'g'),
    text: kept('secret field'),
  },
  { pattern: new RegExp(`(--(?:${field}|secret|api-key)[= ])(${value})`, 'g'), text: kept('secret flag') },
];

const secretKind = new RegExp(String.raw`(?:\b|n)kind${quote}?:\s*${quote}?Secret(?:List)?\b`);
const dataInJson = new RegExp(String.raw`(${quote}(?:data|stringData)${quote}\s*:\s*\{)([^{}]*)\}`, 'g');
const entryInJson = new RegExp(String.raw`(${quote}\s*:\s*)(\\*"(?:[^"\\]|\\[^"])*\\*")`, 'g');
// In a string of JSON the end of a line is two characters.
const end = String.raw`(?:\n|\\+n)`;
const lineCharacter = String.raw`(?:(?!\\+n)[^\n])`;
const dataInYaml = new RegExp(
  String.raw`((?:^|${end})([ \t]*)(?:data|stringData):[ \t]*)((?:${end}\2[ \t]+${lineCharacter}*)+)`,
  'g',
);
const entryInYaml = new RegExp(
  String.raw`(${end})([ \t]+)([\w.-]+:)(?:[ \t]*[|>][+-]?(?:${end}\2[ \t]+${lineCharacter}*)+|[ \t]+(?!\\+n)\S${lineCharacter}*)`,
  'g',
);

/** Redacts the data of Secret objects, in JSON or YAML. The names of the entries stay. */
export const redactSecretObjects = (text: string): string => {
  if (!secretKind.test(text)) return text;
  const inJson = (_: string, head: string, entries: string): string =>
    `${head}${entries.replace(entryInJson, (_match, name: string, data: string) => {
      const [quoted] = data.split(/(?<=")/);
      return `${name}${quoted}${redactionText('data of a Secret')}${quoted}`;
    })}}`;
  const inYaml = (_: string, head: string, _indent: string, entries: string): string =>
    head + entries.replace(entryInYaml, `$1$2$3 ${redactionText('data of a Secret')}`);
  return text.replace(dataInJson, inJson).replace(dataInYaml, inYaml);
};
