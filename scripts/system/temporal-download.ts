// Downloads the Temporal CLI with the SDK: node --import=tsx temporal-download.ts <folder> <version>.
// The SDK offers the download only as part of starting a server, so a server is started and stopped once.
// Prints the path of the program as its last line.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [downloadDir, version] = process.argv.slice(2);
if (!downloadDir || !version) throw new Error('usage: temporal-download.ts <folder> <version>');

const environment = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', downloadDir, version, ttl: '30 days' } },
});
await environment.teardown();
const [file] = readdirSync(downloadDir);
if (file === undefined) throw new Error(`nothing was downloaded to ${downloadDir}`);
console.log(path.join(downloadDir, file));
