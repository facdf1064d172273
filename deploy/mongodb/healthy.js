// The health check: initiates the replica set when there is none yet, and ends with 0 once this member is its primary.
// While the image makes the users, mongod runs for a moment without a replica set; that is not healthy yet.
const { readFileSync } = require('node:fs');

const admin = db.getSiblingDB('admin');
admin.auth(
  process.env.MONGO_INITDB_ROOT_USERNAME,
  readFileSync(process.env.MONGO_INITDB_ROOT_PASSWORD_FILE, 'utf8').trim(),
);
const { isreplicaset: waitsForInitiation, setName, isWritablePrimary } = admin.hello();
if (waitsForInitiation) {
  const host = `${process.env.MONGODB_HOST}:27017`;
  admin.runCommand({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host }] } });
}
quit(setName === 'rs0' && isWritablePrimary ? 0 : 1);
