/** How callers show who they are, as OpenAPI's security schemes. */
export const securitySchemes = {
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of client-app (`POST /sessions`).',
  },
  serviceSecret: { type: 'http', scheme: 'bearer', description: 'A secret by which services know each other.' },
  webhookSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description: 'A signature by Standard Webhooks, with webhook-id and webhook-timestamp.',
  },
  paymentToken: {
    type: 'apiKey',
    in: 'query',
    name: 'token',
    description: 'The token of a payment URL.',
  },
  organizerKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'The key of organizer system X.' },
  organizerSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'Y-Signature',
    description: 'HMAC-SHA256 of the request, with Y-Key-Id and Y-Timestamp (organizer system Y).',
  },
} as const;

export type SecuritySchemeName = keyof typeof securitySchemes;
