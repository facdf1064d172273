// Run by the image's own entry point, once, when the data folder is empty: a user for each address in MONGODB_USERS_FROM,
// who may read and write the database that the address names, and no other.
const { readFileSync } = require('node:fs');

for (const file of process.env.MONGODB_USERS_FROM.split(' ')) {
  const address = new URL(readFileSync(file, 'utf8').trim());
  const name = address.pathname.slice(1);
  db.getSiblingDB(name).createUser({
    user: decodeURIComponent(address.username),
    pwd: decodeURIComponent(address.password),
    roles: [{ role: 'readWrite', db: name }],
  });
}
