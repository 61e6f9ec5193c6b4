import { describe, expect, it } from 'vitest';
import { parseEngineAddress } from './address.js';

describe('the address of an engine', () => {
  it.each([
    ['./data', './data'],
    ['/var/lib/sluice', '/var/lib/sluice'],
    ['embedded:./data', './data'],
    ['C:\\data', 'C:\\data'],
    ['data', 'data'],
  ])('%s is a directory', (address, directory) => {
    expect(parseEngineAddress(address)).toEqual({ kind: 'embedded', directory });
  });

  it.each([
    ['amqp://guest:guest@localhost', 'amqp://guest:guest@localhost'],
    ['AMQPS://host:1/vhost', 'amqps://host:1/vhost'],
    ['rabbitmq://host', 'amqp://host'],
    ['rabbitmqs://host', 'amqps://host'],
  ])('%s is a server', (address, url) => {
    expect(parseEngineAddress(address)).toEqual({ kind: 'amqp', url });
  });

  it('refuses engines that are not there, and what is no address', () => {
    expect(() => parseEngineAddress('kafka://host')).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    );
    expect(() => parseEngineAddress('')).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(() => parseEngineAddress('embedded:')).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });

  it('never repeats a password', () => {
    let message = '';
    try {
      parseEngineAddress('amqp://user:secret@');
    } catch (error) {
      message = String(error);
    }
    expect(message).not.toBe('');
    expect(message).not.toContain('secret');
  });
});
