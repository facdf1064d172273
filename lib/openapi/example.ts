import type { TSchema } from 'typebox';

/** The same thing has the same name in every schema, so an example of it stands here once. */
const byName: Readonly<Record<string, unknown>> = {
  amount: 450_000,
  bookingId: '0199f1c2-7a40-7c1e-9d5b-3f2a61c0d7e4',
  bookingNumber: 'KRS-7F3K-9QXD',
  category: 'Stalls',
  city: 'Jakarta',
  code: 'seat_taken',
  currency: 'IDR',
  cursor: 'WzE3OTY0NzE0MDAwMDAsImEiXQ',
  customerId: '0199f1c0-11d2-7b36-8a01-5c9e4b7f2a10',
  customerName: 'Ayu Lestari',
  description: 'Langit Kelabu, Balai Sarbini, 2 seats',
  email: 'ayu@example.com',
  entryId: '0199f1c9-52b0-7e0f-b1aa-90d3c4e5f612',
  eventId: 'langit-kelabu-sarbini',
  invoiceNumber: 'INV-2026-7F3K9QXD',
  name: 'Ayu Lestari',
  nextCursor: 'WzE3OTY0NzE0MDAwMDAsImEiXQ',
  number: '7',
  organizer: 'x',
  organizerEventRef: 'X-LKS-01',
  organizerName: 'Nada Nusantara Live',
  password: 'a long sentence of mine',
  paymentUrl: 'http://127.0.0.1:3003/pay/9tK2s-example-token',
  reason: 'The artist is ill',
  row: 'A',
  seatId: 'STALLS-A-7',
  seatIds: ['STALLS-A-7', 'STALLS-A-8'],
  section: 'Stalls',
  title: 'Langit Kelabu: Tur Hujan',
  userId: '0199f1c0-11d2-7b36-8a01-5c9e4b7f2a10',
  venue: 'Balai Sarbini',
  webhookId: 'msg_0199f1c2-7a40-7c1e-9d5b-3f2a61c0d7e4',
  workflowId: 'booking/0199f1c2-7a40-7c1e-9d5b-3f2a61c0d7e4',
};

interface Described {
  type?: string;
  const?: unknown;
  default?: unknown;
  enum?: readonly unknown[];
  examples?: readonly unknown[];
  anyOf?: TSchema[];
  oneOf?: TSchema[];
  allOf?: TSchema[];
  properties?: Record<string, TSchema>;
  required?: readonly string[];
  items?: TSchema;
  minItems?: number;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
}

function exampleOfText({ format, minLength = 0 }: Described): string {
  if (format === 'date-time') return '2026-12-05T12:00:00.000Z';
  if (format === 'date') return '2026-12-05';
  if (format === 'uri') return 'https://kursi.example/hook';
  if (format === 'email') return 'ayu@example.com';
  return 'text'.padEnd(minLength, '.');
}

function mayStandHere(value: unknown, schema: Described): boolean {
  if (schema.enum) return schema.enum.includes(value);
  if (schema.type === 'string')
    return (
      typeof value === 'string' &&
      schema.format === undefined &&
      (schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(value))
    );
  if (schema.type === 'integer') return Number.isInteger(value);
  return schema.type === 'array' && Array.isArray(value);
}

/** An example that fits a schema: its own, that of its name, or one put together from its parts. */
export function exampleOf(schema: TSchema, name = ''): unknown {
  const described = schema as Described;
  if (described.examples) return described.examples[0];
  if ('const' in described) return described.const;
  const known = byName[name];
  if (known !== undefined && mayStandHere(known, described)) return known;
  if (described.default !== undefined) return described.default;
  if (described.enum) return described.enum[0];
  const [first] = described.anyOf ?? described.oneOf ?? [];
  if (first) return exampleOf(first, name);
  if (described.allOf) return Object.assign({}, ...described.allOf.map((part) => exampleOf(part)));
  switch (described.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(described.properties ?? {}).map(([key, value]) => [key, exampleOf(value, key)]),
      );
    case 'array':
      return described.items ? [exampleOf(described.items, name)] : [];
    case 'string':
      return exampleOfText(described);
    case 'integer':
    case 'number':
      return described.minimum ?? 1;
    case 'boolean':
      return true;
    default:
      return null;
  }
}
