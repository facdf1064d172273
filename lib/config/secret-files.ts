import { readFileSync } from 'node:fs';

const suffix = '_FILE';

/**
 * The environment, in which each of `names` may also be given by a file: `<NAME>_FILE` is the path of one that holds the
 * value, without its last line break. That is how secrets reach a container. An empty variable counts as not set.
 * Throws an error that names the variable: both are set, the file cannot be read, or it is empty.
 */
export function withFiles(names: readonly string[], env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const complete = { ...env };
  for (const name of names) {
    const file = env[name + suffix];
    if (!file) continue;
    if (env[name]) {
      throw new Error(`Environment variables ${name} and ${name}${suffix} are both set; only one of them may be.`);
    }
    complete[name] = valueIn(file, name + suffix);
  }
  return complete;
}

function valueIn(file: string, variable: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`Environment variable ${variable} names ${file}, which cannot be read (${code}).`);
  }
  const value = text.replace(/\r?\n$/, '');
  if (value.trim() === '') throw new Error(`Environment variable ${variable} names ${file}, which is empty.`);
  return value;
}
