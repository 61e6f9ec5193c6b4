/** Bytes that no client should send: the right code, the connection closed, nobody else touched. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';
import { frame, frameBody, frameHeader, frameHeartbeat, frameMethod, headerFrame } from '../wire/encode.js';
import { encodeTable } from '../wire/values.js';

function numbers(classId: number, methodId: number, ...rest: number[]): Buffer {
  return Buffer.from([classId >> 8, classId & 255, methodId >> 8, methodId & 255, ...rest]);
}

export function exerciseMalformed(behaviour: Case): void {
  behaviour('a frame without its end octet: 501', async (t) => {
    const channel = await t.channel();
    channel.connection.write(frame(frameMethod, 1, numbers(20, 20, 1), 0));
    await t.closedWith(channel.connection, [501]);
  });

  behaviour('a frame over the negotiated maximum: 501', async (t) => {
    const channel = await t.channel();
    channel.connection.write(frame(frameBody, 1, Buffer.alloc(200_000)));
    await t.closedWith(channel.connection, [501]);
  });

  behaviour('only the header of a huge frame is enough for 501', async (t) => {
    const channel = await t.channel();
    channel.connection.write(Buffer.from([frameBody, 0, 1, 0x7f, 0xff, 0xff, 0xff]));
    await t.closedWith(channel.connection, [501]);
  });

  behaviour('an unknown frame type: 501', async (t) => {
    const channel = await t.channel();
    channel.connection.write(frame(77, 1, Buffer.alloc(4)));
    await t.closedWith(channel.connection, [501]);
  });

  behaviour('a heartbeat on a channel other than 0: 501 or 505', async (t) => {
    const channel = await t.channel();
    channel.connection.write(frame(frameHeartbeat, 1, Buffer.alloc(0)));
    await t.closedWith(channel.connection, [501, 505]);
  });

  behaviour('an unknown class: 503 or 540', async (t) => {
    const channel = await t.channel();
    channel.connection.write(frame(frameMethod, 1, numbers(999, 10)));
    await t.closedWith(channel.connection, [503, 540], true);
  });

  behaviour('an unknown method of a known class: 503 or 540', async (t) => {
    const channel = await t.channel();
    channel.connection.write(frame(frameMethod, 1, numbers(50, 99)));
    await t.closedWith(channel.connection, [503, 540], true);
  });

  behaviour('a method that only servers send: 503', async (t) => {
    const channel = await t.channel();
    channel.send('queue.declare-ok', { queue: 'x' });
    await t.closedWith(channel.connection, [503]);
  });

  behaviour('a method frame too short for its numbers: 501 or 502', async (t) => {
    const channel = await t.channel();
    channel.connection.write(frame(frameMethod, 1, Buffer.from([0, 50])));
    await t.closedWith(channel.connection, [501, 502]);
  });

  behaviour('arguments cut short: 501 or 502', async (t) => {
    const channel = await t.channel();
    channel.connection.write(frame(frameMethod, 1, numbers(50, 10, 0, 0, 200, 65)));
    await t.closedWith(channel.connection, [501, 502]);
  });

  behaviour('a table longer than its frame: 501 or 502', async (t) => {
    const channel = await t.channel();
    const args = [0, 0, 1, 65, 0, 0x7f, 0xff, 0xff, 0xff];
    channel.connection.write(frame(frameMethod, 1, numbers(50, 10, ...args)));
    await t.closedWith(channel.connection, [501, 502]);
  });

  behaviour('an unknown type in a table: 501 or 502', async (t) => {
    const channel = await t.channel();
    const table = encodeTable({ k: 1 });
    table[table.indexOf('I'.charCodeAt(0))] = 'Q'.charCodeAt(0);
    channel.connection.write(frame(frameMethod, 1, numbers(50, 10, 0, 0, 1, 65, 0, ...table)));
    await t.closedWith(channel.connection, [501, 502], true);
  });

  behaviour('a method where a content header is due: 505', async (t) => {
    const channel = await t.channel();
    channel.send('basic.publish', { routingKey: 'x' });
    channel.send('basic.qos', { prefetchCount: 1 });
    await t.closedWith(channel.connection, [505]);
  });

  behaviour('a body where a content header is due: 505', async (t) => {
    const channel = await t.channel();
    channel.send('basic.publish', { routingKey: 'x' });
    channel.connection.write(frame(frameBody, 1, Buffer.from('x')));
    await t.closedWith(channel.connection, [505]);
  });

  behaviour('a method where a body is due: 505', async (t) => {
    const channel = await t.channel();
    channel.send('basic.publish', { routingKey: 'x' });
    channel.connection.write(headerFrame(1, 10));
    channel.send('basic.qos', { prefetchCount: 1 });
    await t.closedWith(channel.connection, [505]);
  });

  behaviour('a content header out of nowhere: 505', async (t) => {
    const channel = await t.channel();
    channel.connection.write(headerFrame(1, 10));
    await t.closedWith(channel.connection, [505]);
  });

  behaviour('a body out of nowhere: 505', async (t) => {
    const channel = await t.channel();
    channel.connection.write(frame(frameBody, 1, Buffer.from('x')));
    await t.closedWith(channel.connection, [505]);
  });

  behaviour('a content header of another class: 505', async (t) => {
    const channel = await t.channel();
    channel.send('basic.publish', { routingKey: 'x' });
    channel.connection.write(headerFrame(1, 1, {}, 50));
    await t.closedWith(channel.connection, [505]);
  });

  behaviour('a body longer than its header said', async (t) => {
    const channel = await t.channel();
    channel.send('basic.publish', { routingKey: 'x' });
    channel.connection.write(headerFrame(1, 4));
    channel.connection.write(frame(frameBody, 1, Buffer.from('too long')));
    channel.send('basic.qos', { prefetchCount: 1 });
    await t.closedWith(channel.connection, [501, 502, 505]);
  });

  behaviour('a truncated content header', async (t) => {
    const channel = await t.channel();
    channel.send('basic.publish', { routingKey: 'x' });
    channel.connection.write(frame(frameHeader, 1, Buffer.from([0, 60, 0, 0])));
    await t.closedWith(channel.connection, [501, 502, 505, 541]);
  });

  behaviour('properties cut short: the connection is closed', async (t) => {
    const channel = await t.channel();
    const queue = await channel.queue(t.name());
    channel.send('basic.publish', { routingKey: queue });
    const header = [0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x80, 0, 200, 65];
    channel.connection.write(frame(frameHeader, 1, Buffer.from(header)));
    channel.connection.write(frame(frameBody, 1, Buffer.from('x')));
    await t.closedWith(channel.connection, [501, 502, 505, 541]);
  });

  behaviour('a method on a numbered channel before open: the connection is closed', async (t) => {
    const socket = await t.socket();
    await socket.start();
    await socket.next(0, 'connection.tune');
    socket.send(1, 'channel.open');
    await t.closedWith(socket, [503, 504, 505], true);
  });

  behaviour('a huge frame before sign-in closes the socket', async (t) => {
    const socket = await t.socket();
    socket.write(Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'));
    await socket.next(0, 'connection.start');
    socket.write(frame(frameMethod, 0, Buffer.alloc(100_000)));
    await socket.ended;
  });

  behaviour('other connections go on', async (t) => {
    const [good, bad] = [await t.channel(), await t.channel()];
    bad.connection.write(Buffer.alloc(1000, 0xff));
    await bad.connection.ended;
    await good.queue(t.name());
  });

  behaviour('a connection error names the method that caused it', async (t) => {
    const channel = await t.channel();
    channel.publish('x', 'y', { immediate: true });
    expect(await channel.connection.closed()).toEqual(refusal(540, 'basic.publish', 'immediate'));
  });
}
