/**
 * The echo: just enough of AMQP 0-9-1's framing for the benchmark's client. One socket write a batch of
 * input: a multiple confirm, then the deliveries with the publisher's header and body frames untouched.
 */
import { createServer } from 'node:net';

const headerBytes = 7;
const frameEnd = 0xce;

function frame(type, channel, payload) {
  const out = Buffer.alloc(headerBytes + payload.length + 1);
  out.writeUInt8(type, 0);
  out.writeUInt16BE(channel, 1);
  out.writeUInt32BE(payload.length, 3);
  payload.copy(out, headerBytes);
  out[out.length - 1] = frameEnd;
  return out;
}

function method(channel, classId, methodId, ...parts) {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(classId, 0);
  head.writeUInt16BE(methodId, 2);
  return frame(1, channel, Buffer.concat([head, ...parts]));
}

const u8 = (value) => Buffer.from([value]);
const u16 = (value) => Buffer.from([value >> 8, value & 255]);
const u32 = (value) => {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
};
const u64 = (value) => {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(value));
  return out;
};
const short = (text) => Buffer.concat([u8(Buffer.byteLength(text)), Buffer.from(text)]);
const long = (text) => Buffer.concat([u32(Buffer.byteLength(text)), Buffer.from(text)]);
// server-properties with the one capability the client insists on.
const properties = Buffer.concat([short('product'), Buffer.from('S'), long('echo')]);

/** The replies to what the client asks for before it publishes, by `class.method`. */
const replies = {
  10.11: (channel) => method(channel, 10, 30, u16(2047), u32(131072), u16(0)),
  '10.40': (channel) => method(channel, 10, 41, u8(0)),
  '10.50': (channel) => method(channel, 10, 51),
  '20.10': (channel) => method(channel, 20, 11, u32(0)),
  '20.40': (channel) => method(channel, 20, 41),
  '50.10': (channel, payload) => method(channel, 50, 11, short(shortAt(payload, 6)), u32(0), u32(0)),
  '50.40': (channel) => method(channel, 50, 41, u32(0)),
  '60.10': (channel) => method(channel, 60, 11),
  '85.10': (channel) => method(channel, 85, 11),
};

function shortAt(payload, at) {
  return payload.toString('utf8', at + 1, at + 1 + payload[at]);
}

function serve(socket) {
  let pending = Buffer.alloc(0);
  let consumerChannel = 0;
  let published = 0;
  let confirmed = 0;
  let publishingChannel = 0;
  let bodyBytesLeft = -1;

  function onMethod(channel, payload, out) {
    const name = `${payload.readUInt16BE(0)}.${payload.readUInt16BE(2)}`;
    if (name === '60.40') {
      publishingChannel = channel;
      published++;
      bodyBytesLeft = -1;
      out.push(
        method(consumerChannel, 60, 60, short('echo'), u64(published), u8(0), short(''), short('echo')),
      );
    } else if (name === '60.20') {
      consumerChannel = channel;
      out.push(method(channel, 60, 21, short('echo')));
    } else if (replies[name] !== undefined) out.push(replies[name](channel, payload));
  }

  function onContent(whole, type, out) {
    if (type === 2) bodyBytesLeft = Number(whole.readBigUInt64BE(headerBytes + 4));
    else bodyBytesLeft -= whole.length - headerBytes - 1;
    const copy = Buffer.from(whole);
    copy.writeUInt16BE(consumerChannel, 1);
    out.push(copy);
  }

  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const out = [];
    let at = 0;
    if (pending.length >= 8 && pending.toString('latin1', 0, 4) === 'AMQP') {
      at = 8;
      const table = Buffer.concat([u32(properties.length), properties]);
      out.push(method(0, 10, 10, u8(0), u8(9), table, long('PLAIN'), long('en_US')));
    }
    while (pending.length - at >= headerBytes + 1) {
      const size = pending.readUInt32BE(at + 3);
      const end = at + headerBytes + size + 1;
      if (end > pending.length) break;
      const [type, channel] = [pending[at], pending.readUInt16BE(at + 1)];
      if (type === 1) onMethod(channel, pending.subarray(at + headerBytes, end - 1), out);
      else if (type !== 8) onContent(pending.subarray(at, end), type, out);
      at = end;
    }
    pending = pending.subarray(at);
    const complete = bodyBytesLeft === 0 ? published : published - 1;
    if (complete > confirmed) {
      confirmed = complete;
      out.push(method(publishingChannel, 60, 80, u64(confirmed), u8(1)));
    }
    if (out.length > 0) socket.write(Buffer.concat(out));
  });
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
