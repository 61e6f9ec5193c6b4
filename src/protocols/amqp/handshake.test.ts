/** The handshake as a state machine: what is offered, agreed on, refused, and out of turn. */
import { describe, expect, it } from 'vitest';
import { emptyFieldTable, fieldTable, type FieldTable } from '../../broker/index.js';
import { replyCodes, type Method, type MethodOf } from './codec/index.js';
import { Handshake } from './handshake.js';

const offer = {
  serverProperties: emptyFieldTable,
  channelMax: 2047,
  frameBytesMax: 131_072,
  heartbeatSeconds: 60,
  offersExternal: false,
};

function startOk(mechanism: string, response: Buffer, clientProperties: FieldTable = emptyFieldTable) {
  return { name: 'connection.start-ok', clientProperties, mechanism, response, locale: 'en_US' } as const;
}

function tuneOk(more: Partial<MethodOf<'connection.tune-ok'>> = {}) {
  return { name: 'connection.tune-ok', channelMax: 100, frameMax: 8192, heartbeat: 30, ...more } as const;
}

const open = { name: 'connection.open', virtualHost: '/' } as const;

function signedIn(): Handshake {
  const handshake = new Handshake(offer);
  handshake.receive(startOk('PLAIN', Buffer.from('\0a\0b')));
  handshake.signedIn();
  return handshake;
}

describe('the offer', () => {
  it('names EXTERNAL only to a peer with a certificate', () => {
    expect(new Handshake(offer).start().mechanisms).toBe('PLAIN AMQPLAIN');
    expect(new Handshake({ ...offer, offersExternal: true }).start().mechanisms).toBe(
      'PLAIN AMQPLAIN EXTERNAL',
    );
  });

  it('proposes the limits after the sign-in', () => {
    const handshake = new Handshake(offer);
    handshake.receive(startOk('PLAIN', Buffer.from('\0a\0b')));
    expect(handshake.signedIn()).toEqual({
      name: 'connection.tune',
      channelMax: 2047,
      frameMax: 131_072,
      heartbeat: 60,
    });
  });
});

describe('the claim', () => {
  const amqplain = Buffer.from('\x05LOGINS\0\0\0\x03ana\x08PASSWORDS\0\0\0\x06secret', 'latin1');

  it.each<[string, Buffer, object]>([
    ['PLAIN', Buffer.from('\0ana\0secret'), { mechanism: 'PLAIN', user: 'ana', password: 'secret' }],
    ['PLAIN', Buffer.from('other\0ana\0'), { mechanism: 'PLAIN', user: 'ana', password: '' }],
    ['AMQPLAIN', amqplain, { mechanism: 'AMQPLAIN', user: 'ana', password: 'secret' }],
    ['EXTERNAL', Buffer.alloc(0), { mechanism: 'EXTERNAL' }],
  ])('%s is read', (mechanism, response, claim) => {
    expect(new Handshake(offer).receive(startOk(mechanism, response))).toEqual({ kind: 'sign-in', claim });
  });

  it.each([
    ['PLAIN', Buffer.from('')],
    ['PLAIN', Buffer.from('ana secret')],
    ['PLAIN', Buffer.from('\0ana')],
    ['PLAIN', Buffer.from('\0a\0b\0c')],
    ['AMQPLAIN', Buffer.from('')],
    ['AMQPLAIN', amqplain.subarray(0, -1)],
    ['AMQPLAIN', Buffer.from('\x05LOGINS\0\0\0\x03ana', 'latin1')],
    ['AMQPLAIN', Buffer.from('\x05LOGINl\0\0\0\0\0\0\0\0\x08PASSWORDV', 'latin1')],
  ])('%s that cannot be read is refused like a wrong password: %j', (mechanism, response) => {
    expect(new Handshake(offer).receive(startOk(mechanism, response))).toEqual({ kind: 'refuse' });
  });

  it('by an unknown mechanism is a 503', () => {
    expect(() => new Handshake(offer).receive(startOk('SCRAM', Buffer.alloc(0)))).toThrow(
      expect.objectContaining({ replyCode: replyCodes.commandInvalid }) as Error,
    );
  });

  it('brings what the client can take, and keeps little of what it says', () => {
    const handshake = new Handshake(offer);
    const said = fieldTable({
      capabilities: { 'connection.blocked': true, consumer_cancel_notify: 'yes' },
      product: 'x'.repeat(10_000),
      'line\nbreak': true,
      nested: { deep: { deeper: 1 } },
    });
    handshake.receive(startOk('PLAIN', Buffer.from('\0a\0b'), said));
    expect(handshake.capabilities).toEqual({
      authenticationFailureClose: false,
      connectionBlocked: true,
      consumerCancelNotify: false,
    });
    expect([...handshake.clientProperties!.keys()]).toEqual(['capabilities', 'product', 'line?break']);
    expect((handshake.clientProperties!.get('product') as string).length).toBeLessThan(300);
  });
});

describe('the limits', () => {
  it('are the client’s within ours', () => {
    expect(signedIn().receive(tuneOk())).toEqual({
      kind: 'tuned',
      tuning: { channelMax: 100, frameBytesMax: 8192, heartbeatSeconds: 30 },
    });
  });

  it('may be ours and without heartbeats', () => {
    expect(signedIn().receive(tuneOk({ channelMax: 2047, frameMax: 131_072, heartbeat: 0 }))).toMatchObject({
      tuning: { heartbeatSeconds: 0 },
    });
  });

  it.each<[Partial<MethodOf<'connection.tune-ok'>>, string]>([
    [
      { frameMax: 131_073 },
      'negotiated frame_max = 131073 is higher than the maximum allowed value (131072)',
    ],
    [{ frameMax: 4095 }, 'negotiated frame_max = 4095 is lower than the minimum allowed value (4096)'],
    [{ frameMax: 0 }, 'negotiated frame_max = 0 is higher than the maximum allowed value (131072)'],
    [{ channelMax: 2048 }, 'negotiated channel_max = 2048 is higher than the maximum allowed value (2047)'],
    [{ channelMax: 0 }, 'negotiated channel_max = 0 is higher than the maximum allowed value (2047)'],
  ])('%j are refused with 530', (values, message) => {
    expect(() => signedIn().receive(tuneOk(values))).toThrow(
      expect.objectContaining({ replyCode: replyCodes.notAllowed, message }) as Error,
    );
  });
});

describe('the order', () => {
  it('leads to the virtual host', () => {
    const handshake = signedIn();
    handshake.receive(tuneOk());
    expect(handshake.receive(open)).toEqual({ kind: 'open', vhost: '/' });
  });

  const methods: readonly Method[] = [
    startOk('PLAIN', Buffer.from('\0a\0b')),
    tuneOk(),
    open,
    { name: 'channel.open' },
    { name: 'connection.close-ok' },
    {
      name: 'connection.start',
      versionMajor: 0,
      versionMinor: 9,
      serverProperties: emptyFieldTable,
      mechanisms: '',
      locales: '',
    },
  ];
  const stages: readonly [string, () => Handshake, string][] = [
    ['the start', () => new Handshake(offer), 'connection.start-ok'],
    [
      'the sign-in',
      () => {
        const handshake = new Handshake(offer);
        handshake.receive(startOk('PLAIN', Buffer.from('\0a\0b')));
        return handshake;
      },
      'nothing',
    ],
    ['the tuning', signedIn, 'connection.tune-ok'],
    [
      'the virtual host',
      () => {
        const handshake = signedIn();
        handshake.receive(tuneOk());
        return handshake;
      },
      'connection.open',
    ],
  ];

  it.each(stages)('allows at %s one method and refuses the others with 504', (_, make, expected) => {
    for (const method of methods) {
      if (method.name === expected) continue;
      expect(() => make().receive(method)).toThrow(
        expect.objectContaining({ replyCode: replyCodes.channelError }) as Error,
      );
    }
  });
});
