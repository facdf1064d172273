import type { Client } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { searchAttributes } from '../workflows/booking/booking.messages.ts';

/** Makes the namespace know the attributes that bookings are found by. May be repeated; needs an operator's rights. */
export async function registerSearchAttributes(client: Client): Promise<void> {
  const { namespace } = client.options;
  const known = await client.connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(searchAttributes).filter(({ name }) => !(name in (known.customAttributes ?? {})));
  if (missing.length === 0) return;
  const types = missing.map(({ name, type }) => [name, encodeSearchAttributeIndexedValueType(type)]);
  await client.connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(types),
  });
}
