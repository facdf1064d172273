import { Client, Connection, type WorkflowClientInterceptor } from '@temporalio/client';
import { Type } from 'typebox';
import { askTemporal, circuitToTemporal } from './client-circuit.ts';
import { endableRetries } from './client-retries.ts';

/** The variables by which every process finds Temporal: a cluster of one's own, or Temporal Cloud. */
export const temporalEnvironment = {
  TEMPORAL_ADDRESS: Type.String({ default: '127.0.0.1:7233', description: 'host:port of the Temporal frontend' }),
  TEMPORAL_NAMESPACE: Type.String({ default: 'default' }),
  TEMPORAL_API_KEY: Type.Optional(Type.String({ description: 'for Temporal Cloud; switches TLS on' })),
  TEMPORAL_TLS: Type.Optional(Type.Boolean({ description: 'TLS without an API key' })),
};

export interface TemporalConfig {
  TEMPORAL_ADDRESS: string;
  TEMPORAL_NAMESPACE: string;
  TEMPORAL_API_KEY?: string | undefined;
  TEMPORAL_TLS?: boolean | undefined;
}

/** What clients and workers need in order to connect. */
export function connectionOptions(config: TemporalConfig): { address: string; tls: boolean; apiKey?: string } {
  return {
    address: config.TEMPORAL_ADDRESS,
    tls: config.TEMPORAL_TLS ?? config.TEMPORAL_API_KEY !== undefined,
    ...(config.TEMPORAL_API_KEY && { apiKey: config.TEMPORAL_API_KEY }),
  };
}

/** Without it a client waits a second before it connects again, then ever longer: after a short restart, for seconds more. */
const reconnecting = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1_000 };

/** A client that connects when it is first used, and again whenever it has to; its calls end soon if Temporal is away. */
export function temporalClient(config: TemporalConfig, interceptors: WorkflowClientInterceptor[] = []): Client {
  const namespace = config.TEMPORAL_NAMESPACE;
  const retries = endableRetries();
  const connection = Connection.lazy({
    ...connectionOptions(config),
    connectTimeout: '3s',
    channelArgs: reconnecting,
    interceptors: [retries.interceptor],
  });
  const close = connection.close.bind(connection);
  connection.close = () => retries.end().then(close);
  const circuit = circuitToTemporal(connection, namespace);
  return new Client({ connection, namespace, interceptors: { workflow: [...interceptors, circuit] } });
}

/** Rejects when Temporal does not answer. For `/readyz`. */
export async function checkTemporal(client: Client): Promise<void> {
  await askTemporal(client.connection, client.options.namespace, 1_500);
}
