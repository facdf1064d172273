// A process of its own, as Kursi's worker is one. The environment says where Temporal is; it tells its parent when it runs.
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { bareTaskQueue } from './bare.messages.ts';

const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = 'default' } = process.env;

Runtime.install({ shutdownSignals: ['SIGTERM', 'SIGINT'], logger: new DefaultLogger('ERROR') });
const connection = await NativeConnection.connect({ address: TEMPORAL_ADDRESS });
const worker = await Worker.create({
  connection,
  namespace: TEMPORAL_NAMESPACE,
  taskQueue: bareTaskQueue,
  workflowsPath: fileURLToPath(new URL('./bare.workflow.ts', import.meta.url)),
});
process.on('disconnect', () => worker.shutdown());
const running = worker.run();
process.send?.('running');
await running;
await connection.close();
