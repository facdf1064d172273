// node dist/scripts/first-admin.js <e-mail>: makes an admin of an account that has registered. A new system has none, and only
// admins change roles over HTTP.
import mongoose from 'mongoose';
import { Type } from 'typebox';
import { configurationOf, readEnvironment } from '../lib/config/environment.ts';
import { usersIn } from '../services/client-app/models/users.ts';

const CONNECT_TIMEOUT_MS = 5_000;

const [email] = process.argv.slice(2);
const { CLIENT_APP_MONGODB_URI: uri } = configurationOf('first-admin', () =>
  readEnvironment(Type.Object({ CLIENT_APP_MONGODB_URI: Type.String() })),
);
if (email === undefined) fail('Say whom: the e-mail address of an account.');
const options = { autoIndex: false, autoCreate: false, serverSelectionTimeoutMS: CONNECT_TIMEOUT_MS };
const connection = await mongoose.createConnection(uri, options).asPromise();
try {
  const users = usersIn(connection);
  const user = await users.findByEmail(email);
  if (user) await users.change(user._id, { role: 'admin' });
  else fail('Nobody has registered with this address.');
  console.log('Done; it counts from the next sign-in.');
} finally {
  await connection.close();
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
