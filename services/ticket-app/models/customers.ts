import { type Connection, type Model, Schema } from 'mongoose';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';

interface Customer {
  _id: string;
  name: string;
}

const schema = new Schema<Customer>({ _id: { type: String, required: true }, name: { type: String, required: true } });

export type Customers = ReturnType<typeof createCustomers>;

/** The names that tickets are printed with. They live here so that no name ever enters a workflow's payload. */
export function createCustomers(connection: Connection) {
  const customers =
    (connection.models.Customer as Model<Customer> | undefined) ??
    connection.model<Customer>('Customer', schema, 'customers');

  return {
    nameOf: async (customerId: string): Promise<string | undefined> =>
      (await customers.findById(customerId).lean<Customer | null>())?.name,

    /** By the customers' ids; those of whom nothing is known are left out. */
    async namesOf(customerIds: readonly string[]): Promise<Map<string, string>> {
      const found = await customers.find({ _id: { $in: [...new Set(customerIds)] } }).lean<Customer[]>();
      return new Map(found.map(({ _id, name }) => [_id, name]));
    },

    /** Writes only what is new: most bookings of a person find their name there already. */
    async remember(customerId: string, name: string): Promise<void> {
      if ((await customers.exists({ _id: customerId, name })) !== null) return;
      try {
        await customers.updateOne({ _id: customerId }, { $set: { name } }, { upsert: true });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    },
  };
}
