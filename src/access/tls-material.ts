/**
 * A listener's certificate, key and client authorities. Invariants: only material that was checked whole is
 * ever in force; a reload that fails leaves the last good one serving; and whether clients are verified is
 * fixed when the listener starts, never loosened by a file.
 */
import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions, type Server, type TlsOptions } from 'node:tls';
import { SluiceError, type Clock } from '../kernel/index.js';
import { certificatesIn, invalidPem, readPem, type PemFile } from './pem-file.js';
import type { TlsSettings } from './tls-settings.js';

const expiryWarningDays = 14;
const dayMs = 86_400_000;

/** What is in force. */
export interface TlsCertificate {
  readonly subject: string;
  /** SHA-256, in hexadecimal pairs. */
  readonly fingerprint: string;
  /** Unix time in milliseconds. */
  readonly expiresAtMs: number;
  /** What an operator should know: expiry, a key that others may read. */
  readonly warnings: readonly string[];
}

/** What a reload did. On a failure the certificate in force stays. */
export type TlsReload =
  | { readonly ok: true; readonly certificate: TlsCertificate }
  | { readonly ok: false; readonly problem: SluiceError };

/** TLS material that listeners share and that is replaced under them. */
export interface TlsMaterial {
  readonly certificate: TlsCertificate;
  /** Options for `tls.createServer` (or an HTTPS server) as of now. Follow it with `attach`. */
  serverOptions(): TlsOptions;
  /** Puts later material into `server`; gives the function that stops that. Connections made stay as they are. */
  attach(server: Pick<Server, 'setSecureContext'>): () => void;
  /** Reads the files again, checks them, and puts them in force in every attached server. Never rejects. */
  reload(): Promise<TlsReload>;
}

/**
 * Reads and checks the files. Rejects with `config-invalid` naming the file: unreadable, damaged, a key that
 * does not fit or that others may read, no authority where clients are to be verified.
 */
export async function openTlsMaterial(settings: TlsSettings, clock: Clock): Promise<TlsMaterial> {
  return new LoadedMaterial(settings, clock, await load(settings, clock));
}

interface Loaded {
  readonly context: SecureContextOptions;
  readonly certificate: TlsCertificate;
}

class LoadedMaterial implements TlsMaterial {
  readonly #settings: TlsSettings;
  readonly #clock: Clock;
  readonly #servers = new Set<Pick<Server, 'setSecureContext'>>();
  #loaded: Loaded;
  #reloading: Promise<TlsReload> | undefined;

  constructor(settings: TlsSettings, clock: Clock, loaded: Loaded) {
    this.#settings = settings;
    this.#clock = clock;
    this.#loaded = loaded;
  }

  get certificate(): TlsCertificate {
    return this.#loaded.certificate;
  }

  serverOptions(): TlsOptions {
    const { clientCertificates } = this.#settings;
    return {
      ...this.#loaded.context,
      requestCert: clientCertificates !== 'none',
      rejectUnauthorized: clientCertificates === 'required',
    };
  }

  attach(server: Pick<Server, 'setSecureContext'>): () => void {
    this.#servers.add(server);
    return () => {
      this.#servers.delete(server);
    };
  }

  reload(): Promise<TlsReload> {
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  async #reload(): Promise<TlsReload> {
    try {
      const loaded = await load(this.#settings, this.#clock);
      for (const server of this.#servers) server.setSecureContext(loaded.context);
      this.#loaded = loaded;
      return { ok: true, certificate: loaded.certificate };
    } catch (problem) {
      if (problem instanceof SluiceError) return { ok: false, problem };
      throw problem;
    }
  }
}

async function load(settings: TlsSettings, clock: Clock): Promise<Loaded> {
  const [certificateFile, keyFile, authorityFile] = await Promise.all([
    readPem(settings.certificateFile),
    readPem(settings.keyFile),
    settings.clientAuthorityFile === undefined ? undefined : readPem(settings.clientAuthorityFile),
  ]);
  const [certificate] = certificatesIn(certificateFile);
  checkKey(keyFile, certificate, settings);
  const context: SecureContextOptions = {
    cert: certificateFile.text,
    key: keyFile.text,
    ca: clientAuthorities(settings, authorityFile),
    minVersion: settings.minimumVersion,
    honorCipherOrder: true,
  };
  try {
    createSecureContext(context);
  } catch (cause) {
    throw invalidPem(certificateFile.path, 'cannot serve TLS with its key', cause);
  }
  const warnings = [...expiryWarnings(certificate, certificateFile, clock), ...keyWarnings(keyFile)];
  const { subject, fingerprint256: fingerprint } = certificate;
  const expiresAtMs = Date.parse(certificate.validTo);
  return { context, certificate: { subject, fingerprint, expiresAtMs, warnings } };
}

function checkKey(file: PemFile, certificate: X509Certificate, settings: TlsSettings): void {
  if (file.isReadableByAll && !settings.allowReadableKey) {
    const remedy = 'chmod o-r it, or set allowReadableKey';
    throw invalidPem(file.path, `is a private key that every user of this machine may read: ${remedy}`);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(file.text);
  } catch (cause) {
    throw invalidPem(file.path, 'is not an unencrypted PEM private key', cause);
  }
  if (!certificate.checkPrivateKey(key)) {
    throw invalidPem(file.path, `does not belong to the certificate in ${settings.certificateFile}`);
  }
}

/** Never left undefined where clients are verified: Node would then trust every public authority. */
function clientAuthorities(settings: TlsSettings, file: PemFile | undefined): string[] {
  if (settings.clientCertificates === 'none') return [];
  if (file === undefined) {
    throw new SluiceError(
      'config-invalid',
      'client certificates cannot be verified without clientAuthorityFile',
    );
  }
  return certificatesIn(file).map((authority) => authority.toString());
}

function expiryWarnings(certificate: X509Certificate, file: PemFile, clock: Clock): string[] {
  const now = clock.now();
  const leftDays = Math.floor((Date.parse(certificate.validTo) - now) / dayMs);
  if (Date.parse(certificate.validFrom) > now)
    return [`${file.path} is not valid before ${certificate.validFrom}`];
  if (leftDays < 0) return [`${file.path} expired on ${certificate.validTo}`];
  return leftDays < expiryWarningDays ? [`${file.path} expires on ${certificate.validTo}`] : [];
}

function keyWarnings(file: PemFile): string[] {
  return file.isReadableByAll
    ? [`${file.path} is a private key that every user of this machine may read`]
    : [];
}
