// Downloads MongoDB's own server with mongodb-memory-server-core: node --import=tsx mongodb-download.ts <folder> <version>.
// A process of its own, because the library writes its progress to the terminal and cannot be stopped.
import { MongoBinary } from 'mongodb-memory-server-core';

const [downloadDir, version] = process.argv.slice(2);
if (!downloadDir || !version) throw new Error('usage: mongodb-download.ts <folder> <version>');

try {
  await MongoBinary.getPath({ downloadDir, version });
} catch (error) {
  console.log(error instanceof Error ? error.message.split('\n')[0] : error);
  process.exitCode = 1;
}
