// npm run secrets [-- --dir folder]: the secrets of docker-compose.yml, a file for each, made once.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeSecretFiles } from './secrets/secret-files.ts';

const { values } = parseArgs({ options: { dir: { type: 'string', default: 'secrets' } } });
try {
  const made = makeSecretFiles(values.dir);
  const where = path.resolve(values.dir);
  console.log(
    made.length === 0 ? `All secrets are in ${where}; nothing was changed.` : `Made ${made.length} files in ${where}.`,
  );
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
