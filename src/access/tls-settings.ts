/** The `tls` section of a listener. There is deliberately no setting that leaves a certificate unverified. */
import { z } from 'zod';

/** Schema of a listener's `tls` section; unknown keys are errors. Paths are to PEM files. */
export const tlsSettings = z
  .strictObject({
    /** The server's certificate, followed by those between it and its authority. */
    certificateFile: z.string().min(1),
    keyFile: z.string().min(1),
    /** Authorities that sign client certificates. Never the system's: any public one would do then. */
    clientAuthorityFile: z.string().min(1).optional(),
    /** `optional` asks for one and serves clients without; only a verified one signs in under EXTERNAL. */
    clientCertificates: z.enum(['none', 'optional', 'required']).default('none'),
    minimumVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
    /** Load a key that every user of the machine may read, with a warning. Otherwise it is refused. */
    allowReadableKey: z.boolean().default(false),
  })
  .refine((tls) => tls.clientCertificates === 'none' || tls.clientAuthorityFile !== undefined, {
    message: 'clientAuthorityFile is needed to verify client certificates',
    path: ['clientAuthorityFile'],
  });

export type TlsSettings = z.infer<typeof tlsSettings>;
