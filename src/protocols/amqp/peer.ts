/** Who is at the other end of a socket, by the socket's own word. */
import type { Socket } from 'node:net';
import { TLSSocket, type PeerCertificate } from 'node:tls';

export interface Peer {
  /** `127.0.0.1:50312 -> 127.0.0.1:5672`, as RabbitMQ names connections. */
  readonly name: string;
  readonly address: string | undefined;
  readonly port: number | undefined;
  /** Whether it came through the operator's own socket: never over a network. */
  readonly isLocal: boolean;
  readonly isEncrypted: boolean;
  /** Whether the peer's certificate was verified. */
  readonly authorized: boolean;
  readonly certificate: PeerCertificate | undefined;
}

/**
 * The peer of a Unix socket that only the operator may open; `number` tells it from others.
 */
export function localPeer(number: number): Peer {
  return {
    name: `local socket, ${number}`,
    address: undefined,
    port: undefined,
    isLocal: true,
    isEncrypted: false,
    authorized: false,
    certificate: undefined,
  };
}

/** Reads the peer of an open network socket. */
export function peerOf(socket: Socket): Peer {
  const encrypted = socket instanceof TLSSocket;
  const certificate = encrypted ? socket.getPeerCertificate() : undefined;
  return {
    name: `${endpoint(socket.remoteAddress, socket.remotePort)} -> ${endpoint(socket.localAddress, socket.localPort)}`,
    address: socket.remoteAddress,
    port: socket.remotePort,
    isLocal: false,
    isEncrypted: encrypted,
    authorized: encrypted && socket.authorized,
    // Without a certificate Node gives an empty object.
    certificate: certificate !== undefined && 'subject' in certificate ? certificate : undefined,
  };
}

function endpoint(address: string | undefined, port: number | undefined): string {
  if (address === undefined) return 'unknown';
  // IPv4 over a socket that listens on both.
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
  return plain.includes(':') ? `[${plain}]:${String(port)}` : `${plain}:${String(port)}`;
}
