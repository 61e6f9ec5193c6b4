/** The `--vhost` option that most commands share. */
import type { Command } from 'commander';

/** Adds `--vhost` with RabbitMQ's default virtual host. */
export function withVhost(command: Command): Command {
  return command.option('-v, --vhost <name>', 'the virtual host', '/');
}

/** Adds `--vhost`; left out, every virtual host is meant. */
export function withAnyVhost(command: Command): Command {
  return command.option('-v, --vhost <name>', 'only this virtual host');
}
