/**
 * A connection's way from `connection.start` to `connection.open-ok`, as a state machine without input or
 * output: it takes the client's methods and says what to do. Invariant: no virtual host is opened by anyone who
 * has not signed in, and no method is taken out of turn.
 */
import type { FieldTable } from '../../broker/index.js';
import { unreachable } from '../../kernel/index.js';
import {
  frameMaxMin,
  methodNumber,
  ProtocolViolation,
  replyCodes,
  type Method,
  type MethodOf,
} from './codec/index.js';
import { isMechanism, mechanisms, readAmqplain, readPlain, type Mechanism } from './sasl.js';
import { clientCapabilities, keptClientProperties, type ClientCapabilities } from './server-properties.js';

/** What both sides agreed on. */
export interface Tuning {
  readonly channelMax: number;
  /** Bytes of a whole frame, its overhead included. */
  readonly frameBytesMax: number;
  /** 0: no heartbeats. */
  readonly heartbeatSeconds: number;
}

/** What the server proposes. */
export interface HandshakeOffer {
  readonly serverProperties: FieldTable;
  readonly channelMax: number;
  readonly frameBytesMax: number;
  readonly heartbeatSeconds: number;
  /** Whether the socket itself says who the peer is: by a verified TLS certificate, or the operator's own socket. */
  readonly offersExternal: boolean;
}

/** What the client claims to be. */
export type Claim =
  | { readonly mechanism: 'PLAIN' | 'AMQPLAIN'; readonly user: string; readonly password: string }
  | { readonly mechanism: 'EXTERNAL' };

/** What the connection does next. */
export type HandshakeStep =
  | { readonly kind: 'sign-in'; readonly claim: Claim }
  /** The response could not be read: treat it as a wrong password. */
  | { readonly kind: 'refuse' }
  | { readonly kind: 'tuned'; readonly tuning: Tuning }
  | { readonly kind: 'open'; readonly vhost: string };

type State =
  | { readonly kind: 'awaiting-start-ok' }
  | { readonly kind: 'signing-in' }
  | { readonly kind: 'awaiting-tune-ok' }
  | { readonly kind: 'awaiting-open' }
  | { readonly kind: 'done' };

const nothingSaid: ClientCapabilities = {
  authenticationFailureClose: false,
  connectionBlocked: false,
  consumerCancelNotify: false,
};

export class Handshake {
  readonly #offer: HandshakeOffer;
  #state: State = { kind: 'awaiting-start-ok' };
  #mechanism: Mechanism | undefined;
  #capabilities = nothingSaid;
  #clientProperties: FieldTable | undefined;

  constructor(offer: HandshakeOffer) {
    this.#offer = offer;
  }

  /** What the client said it can take; nothing before `connection.start-ok`. */
  get capabilities(): ClientCapabilities {
    return this.#capabilities;
  }

  get clientProperties(): FieldTable | undefined {
    return this.#clientProperties;
  }

  /** The mechanism the client chose. */
  get mechanism(): Mechanism | undefined {
    return this.#mechanism;
  }

  /** The first method, sent once the client's protocol header has come. */
  start(): MethodOf<'connection.start'> {
    const offered = mechanisms.filter((name) => name !== 'EXTERNAL' || this.#offer.offersExternal);
    return {
      name: 'connection.start',
      versionMajor: 0,
      versionMinor: 9,
      serverProperties: this.#offer.serverProperties,
      mechanisms: offered.join(' '),
      locales: 'en_US',
    };
  }

  /**
   * Takes a method of channel 0.
   *
   * @throws ProtocolViolation for one out of turn, or with values that cannot be agreed on.
   */
  receive(method: Method): HandshakeStep {
    switch (this.#state.kind) {
      case 'awaiting-start-ok':
        if (method.name === 'connection.start-ok') return this.#startOk(method);
        break;
      case 'awaiting-tune-ok':
        if (method.name === 'connection.tune-ok') return this.#tuneOk(method);
        break;
      case 'awaiting-open':
        if (method.name === 'connection.open') return this.#open(method);
        break;
      case 'signing-in':
      case 'done':
        break;
      default:
        unreachable(this.#state);
    }
    throw violation(
      replyCodes.channelError,
      `unexpected method ${method.name} in connection state ${this.#state.kind}`,
      method,
    );
  }

  /** The client is who it claims to be: proposes the limits. */
  signedIn(): MethodOf<'connection.tune'> {
    this.#state = { kind: 'awaiting-tune-ok' };
    const { channelMax, frameBytesMax, heartbeatSeconds } = this.#offer;
    return { name: 'connection.tune', channelMax, frameMax: frameBytesMax, heartbeat: heartbeatSeconds };
  }

  #startOk(method: MethodOf<'connection.start-ok'>): HandshakeStep {
    this.#capabilities = clientCapabilities(method.clientProperties);
    this.#clientProperties = keptClientProperties(method.clientProperties);
    this.#state = { kind: 'signing-in' };
    if (!isMechanism(method.mechanism)) {
      throw violation(
        replyCodes.commandInvalid,
        `unknown authentication mechanism '${method.mechanism}'`,
        method,
      );
    }
    this.#mechanism = method.mechanism;
    if (method.mechanism === 'EXTERNAL') return { kind: 'sign-in', claim: { mechanism: 'EXTERNAL' } };
    const read = method.mechanism === 'PLAIN' ? readPlain : readAmqplain;
    const credentials = read(method.response);
    if (credentials === undefined) return { kind: 'refuse' };
    return { kind: 'sign-in', claim: { mechanism: method.mechanism, ...credentials } };
  }

  #tuneOk(method: MethodOf<'connection.tune-ok'>): HandshakeStep {
    checkLimit(method, 'channel_max', method.channelMax, 1, this.#offer.channelMax);
    checkLimit(method, 'frame_max', method.frameMax, frameMaxMin, this.#offer.frameBytesMax);
    this.#state = { kind: 'awaiting-open' };
    const { channelMax, frameMax, heartbeat } = method;
    return {
      kind: 'tuned',
      tuning: { channelMax, frameBytesMax: frameMax, heartbeatSeconds: heartbeat },
    };
  }

  #open(method: MethodOf<'connection.open'>): HandshakeStep {
    this.#state = { kind: 'done' };
    return { kind: 'open', vhost: method.virtualHost };
  }
}

/** Refuses a negotiated value outside the limits, in RabbitMQ's words; 0 asks for no limit, which is not ours to give. */
function checkLimit(method: Method, name: string, value: number, min: number, max: number): void {
  if (value !== 0 && value < min) {
    const message = `negotiated ${name} = ${value} is lower than the minimum allowed value (${min})`;
    throw violation(replyCodes.notAllowed, message, method);
  }
  if (value === 0 || value > max) {
    const message = `negotiated ${name} = ${value} is higher than the maximum allowed value (${max})`;
    throw violation(replyCodes.notAllowed, message, method);
  }
}

function violation(
  code: (typeof replyCodes)['channelError' | 'commandInvalid' | 'notAllowed'],
  message: string,
  method: Method,
) {
  return new ProtocolViolation(code, message, methodNumber(method.name));
}
