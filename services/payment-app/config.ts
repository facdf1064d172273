import { Type } from 'typebox';
import { list, readEnvironment, trustedProxies } from '../../lib/config/environment.ts';
import { limits } from '../../lib/contracts/limits.ts';
import { type TracingConfig, tracingEnvironment, tracingOf } from '../../lib/tracing/tracing.ts';

export const Environment = Type.Object({
  NODE_ENV: Type.String({ default: 'development' }),
  ...tracingEnvironment,
  LOG_LEVEL: Type.String({ default: 'info' }),
  HOST: Type.String({ default: '127.0.0.1' }),
  PAYMENT_APP_PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3003 }),
  PAYMENT_APP_MONGODB_URI: Type.String({ pattern: '^mongodb(\\+srv)?://', description: 'the database kursi_payment' }),
  PAYMENT_APP_PUBLIC_URL: Type.String({ format: 'uri', description: 'base of the payment URLs that buyers open' }),
  PAYMENT_APP_SERVICE_SECRETS: Type.String({ description: 'comma-separated secrets that let services in' }),
  WEBHOOK_URL: Type.String({ format: 'uri', description: "ticket-app's endpoint for payment outcomes" }),
  PAYMENT_WEBHOOK_SECRETS: Type.String({
    pattern: '^\\s*whsec_',
    description: 'comma-separated whsec_… secrets; the first one signs',
  }),
  PAYMENT_DECLINE_RATE: Type.Number({ minimum: 0, maximum: 1, default: 0.1 }),
  PAYMENT_REFUND_FAILURE_RATE: Type.Number({ minimum: 0, maximum: 1, default: 0.1 }),
  PAYMENT_SEED: Type.String({ default: 'kursi' }),
  PAYMENT_PROCESSING_MS: Type.Integer({ minimum: 0, maximum: 60_000, default: 300 }),
  TRUSTED_PROXIES: trustedProxies,
  REQUESTS_PER_ADDRESS: Type.Integer({
    default: limits.requestsPerAddress,
    minimum: 0,
    description: 'requests a minute that one address may send; 0 is no limit',
  }),
  PAYMENT_TEST_METHODS: Type.Optional(Type.Boolean({ description: 'offers methods that force an outcome' })),
});

/** What the payment app needs to know; URLs without a trailing slash. */
export interface PaymentConfig {
  publicUrl: string;
  serviceSecrets: readonly [string, ...string[]];
  webhookUrl: string;
  webhookSecrets: readonly [string, ...string[]];
  /** The share of ordinary tries that is declined (P2), drawn from `seed` and the try's id. */
  declineRate: number;
  /** The share of tries to return money that fails, drawn from `seed`, the refund's id and the try's number. */
  refundFailureRate: number;
  seed: string;
  /** How long an ordinary try, or the first try of a refund, takes. */
  processingMs: number;
  /** Whether methods that force an outcome are offered. */
  testMethods: boolean;
  /** Requests a minute of people's clients; 0 is no limit. */
  trustedProxies: number;
  requestsPerAddress: number;
}

export interface ProcessConfig extends PaymentConfig {
  logLevel: string;
  tracing: TracingConfig;
  host: string;
  port: number;
  mongodbUri: string;
}

const withoutSlash = (url: string) => url.replace(/\/+$/, '');

/** Reads the environment. Throws an error that names the variable at fault. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): ProcessConfig {
  const read = readEnvironment(Environment, env);
  return {
    logLevel: read.LOG_LEVEL,
    tracing: tracingOf(read),
    host: read.HOST,
    port: read.PAYMENT_APP_PORT,
    mongodbUri: read.PAYMENT_APP_MONGODB_URI,
    publicUrl: withoutSlash(read.PAYMENT_APP_PUBLIC_URL),
    serviceSecrets: list(read.PAYMENT_APP_SERVICE_SECRETS),
    webhookUrl: read.WEBHOOK_URL,
    webhookSecrets: list(read.PAYMENT_WEBHOOK_SECRETS),
    declineRate: read.PAYMENT_DECLINE_RATE,
    refundFailureRate: read.PAYMENT_REFUND_FAILURE_RATE,
    seed: read.PAYMENT_SEED,
    processingMs: read.PAYMENT_PROCESSING_MS,
    trustedProxies: read.TRUSTED_PROXIES,
    requestsPerAddress: read.REQUESTS_PER_ADDRESS,
    testMethods: read.PAYMENT_TEST_METHODS ?? read.NODE_ENV !== 'production',
  };
}
