/** The life that a kept history is of: `confirmed.json`, and recorded again later, beside it, `confirmed.2.json`. */
export const scenarioOf = (file: string): string => file.replace(/(\.\d+)?\.json$/, '');

/** The histories of one life, among these files. */
export const historiesOf = (name: string, files: readonly string[]): string[] =>
  files.filter((file) => file.endsWith('.json') && scenarioOf(file) === name);

/** Where the next history of a life goes: never where one is. */
export function fileFor(name: string, files: readonly string[]): string {
  for (let count = 1; ; count += 1) {
    const file = count === 1 ? `${name}.json` : `${name}.${count}.json`;
    if (!files.includes(file)) return file;
  }
}
