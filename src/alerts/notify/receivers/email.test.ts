import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { resolved, startMs } from '../testing/incident-fixture.js';
import { hostileIncident, notice, toolsAt } from '../testing/notice-fixture.js';
import { email, type EmailOptions } from './email.js';

const never = new AbortController().signal;
const servers: SMTPServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    await new Promise<void>((resolve) => {
      server.close(resolve);
    });
  }
});

interface Mailbox {
  readonly port: number;
  readonly mails: { readonly from: string; readonly to: readonly string[]; readonly text: string }[];
}

/** A server that speaks SMTP and keeps what it is given. */
async function mailbox(options: SMTPServerOptions): Promise<Mailbox> {
  const mails: Mailbox['mails'] = [];
  const server = new SMTPServer({
    logger: false,
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    onData(stream, { envelope }, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        mails.push({ from, to, text: Buffer.concat(pieces).toString('utf8') });
        done();
      });
    },
    ...options,
  });
  servers.push(server);
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { port: (server.server.address() as AddressInfo).port, mails };
}

function options(port: number, change: Partial<EmailOptions> = {}): EmailOptions {
  const to = ['Ops <ops@example.org>', 'boss@example.org'];
  return {
    host: '127.0.0.1',
    port,
    tls: 'none',
    from: 'Sluice <sluice@example.org>',
    to,
    timeoutMs: 5_000,
    ...change,
  };
}

/** The headers of a mail, unfolded, by lower-case name. */
function headersOf(mail: string): Map<string, string> {
  const head = mail.slice(0, mail.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');
  return new Map(
    head
      .split('\r\n')
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
}

describe('e-mail', () => {
  it('has text and HTML, a list, and a thread for each incident', async () => {
    const box = await mailbox({});
    const receiver = email(options(box.port), toolsAt());
    await expect(receiver.send(notice(), never)).resolves.toEqual({ kind: 'delivered' });
    const end = notice({ id: 'n2', reason: 'resolved', incident: resolved(startMs) });
    await receiver.send(end, never);
    expect(box.mails[0]).toMatchObject({
      from: 'sluice@example.org',
      to: ['ops@example.org', 'boss@example.org'],
    });
    const [first, second] = box.mails.map(({ text }) => headersOf(text));
    expect(first?.get('content-type')).toMatch(/^multipart\/alternative/);
    expect(first?.get('list-id')).toBe('Sluice alerts <alerts.host-1.sluice>');
    expect(first?.get('message-id')).toBe('<n1@host-1.sluice>');
    expect(second?.get('message-id')).toBe('<n2@host-1.sluice>');
    expect(first?.get('references')).toBe('<incident-i-1@host-1.sluice>');
    expect(second?.get('references')).toBe(first?.get('references'));
    expect(first?.get('auto-submitted')).toBe('auto-generated');
    expect(box.mails[0]?.text).toContain('orders has 12,000 messages');
  });

  it('lets no name into its headers or its recipients', async () => {
    const box = await mailbox({});
    const hostile = notice({ incident: { ...hostileIncident(), id: 'i\r\nBcc: x@evil.example' } });
    await expect(email(options(box.port), toolsAt()).send(hostile, never)).resolves.toEqual({
      kind: 'delivered',
    });
    expect(box.mails[0]?.to).toHaveLength(2);
    expect([...headersOf(box.mails[0]?.text ?? '').keys()]).not.toContain('bcc');
  });

  it('signs in, and is refused for good with a wrong password', async () => {
    const box = await mailbox({
      authOptional: false,
      onAuth({ username, password }, _session, done) {
        if (username === 'sluice' && password === 'right') done(null, { user: 'sluice' });
        else done(Object.assign(new Error('wrong'), { responseCode: 535 }));
      },
    });
    const user = { user: 'sluice', password: 'right' };
    await expect(email(options(box.port, user), toolsAt()).send(notice(), never)).resolves.toEqual({
      kind: 'delivered',
    });
    const wrong = email(options(box.port, { ...user, password: 'wrong' }), toolsAt());
    await expect(wrong.send(notice(), never)).resolves.toMatchObject({ kind: 'refused' });
  });

  it('is tried again when the server is busy', async () => {
    const box = await mailbox({
      onRcptTo: (_address, _session, done) => {
        done(Object.assign(new Error('try later'), { responseCode: 451 }));
      },
    });
    await expect(email(options(box.port), toolsAt()).send(notice(), never)).resolves.toMatchObject({
      kind: 'failed',
    });
  });

  it('never goes on in the clear where it is to be encrypted', async () => {
    const box = await mailbox({});
    const receiver = email(options(box.port, { tls: 'starttls' }), toolsAt());
    const outcome = await receiver.send(notice(), never);
    expect(outcome.kind).not.toBe('delivered');
    expect(box.mails).toEqual([]);
  });

  it('takes no certificate that nobody vouches for', async () => {
    const box = await mailbox({ disabledCommands: [] });
    const outcome = await email(options(box.port, { tls: 'starttls' }), toolsAt()).send(notice(), never);
    expect(outcome.kind).not.toBe('delivered');
    expect(box.mails).toEqual([]);
  });

  it('goes to no address that is refused', async () => {
    const receiver = email(options(25, { host: '169.254.169.254' }), toolsAt());
    await expect(receiver.send(notice(), never)).rejects.toMatchObject({ code: 'refused' });
  });
});
