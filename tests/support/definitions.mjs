/**
 * Users and virtual hosts as RabbitMQ's definitions document, which both servers read. Password hashes are
 * RabbitMQ's: base64 of a 4-byte salt followed by SHA-256 of salt and password.
 */
import { createHash, randomBytes } from 'node:crypto';

function passwordHash(password) {
  const salt = randomBytes(4);
  const digest = createHash('sha256').update(salt).update(password).digest();
  return Buffer.concat([salt, digest]).toString('base64');
}

/** The definitions document for `guest`, an administrator of every host, and the given users. */
export function definitionsOf({ users = [], virtualHosts = [] }) {
  const hosts = ['/', ...virtualHosts];
  const everything = { configure: '.*', write: '.*', read: '.*' };
  return {
    vhosts: hosts.map((name) => ({ name })),
    users: [{ name: 'guest', password: 'guest', tags: 'administrator' }, ...users].map((user) => ({
      name: user.name,
      password_hash: passwordHash(user.password),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: user.tags ?? '',
    })),
    permissions: [
      ...hosts.map((vhost) => ({ user: 'guest', vhost, ...everything })),
      ...users.map(({ name, virtualHost, configure, write, read }) => ({
        user: name,
        vhost: virtualHost,
        configure,
        write,
        read,
      })),
    ],
  };
}
