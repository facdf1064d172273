/** Variables that hold secrets by which somebody is let in; several are separated by commas. Keys have a format of their own. */
const secretName = /_(SECRETS?|API_KEY)$/;

/** 24 characters of base64 are 144 bits. Whoever types a password instead of making a secret is stopped here. */
const minCharacters = 24;

/** Words of examples and of passwords that everybody tries first. */
const wellKnown =
  /changeme|change-me|password|passw0rd|secret|example|sample|default|demo-|kursi-|letmein|qwerty|12345678/i;

/**
 * Refuses, with NODE_ENV=production, secrets that are short or well known, and such passwords in the address of a
 * database. Throws an error that names the variable, never the value.
 */
export function refuseWeakSecrets(values: Readonly<Record<string, unknown>>, nodeEnv: string | undefined): void {
  if (nodeEnv !== 'production') return;
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== 'string') continue;
    const reason = secretName.test(name) ? weaknessOfList(value) : weaknessOfAddress(value);
    if (reason === undefined) continue;
    throw new Error(
      `Environment variable ${name} ${reason}, which NODE_ENV=production refuses; \`npm run secrets\` makes good ones.`,
    );
  }
}

function weaknessOfList(value: string): string | undefined {
  return value
    .split(',')
    .map((part) => weaknessOf(part.trim()))
    .find((reason) => reason !== undefined);
}

function weaknessOf(secret: string): string | undefined {
  const random = secret.replace(/^whsec_/, '');
  if (random.length < minCharacters) return `has a secret of fewer than ${minCharacters} characters`;
  if (wellKnown.test(random)) return 'has a well-known secret';
  if (new Set(random).size < 8) return 'has a secret of a few characters, repeated';
  return undefined;
}

/** The password in `mongodb://user:password@host/database`, if there is one. */
function weaknessOfAddress(value: string): string | undefined {
  const password = /^[a-z+]+:\/\/[^:/?@]+:([^@/]*)@/.exec(value)?.[1];
  if (password === undefined) return undefined;
  const reason = weaknessOf(decodeURIComponent(password));
  return reason === undefined ? undefined : `holds a password that ${reason}`;
}
