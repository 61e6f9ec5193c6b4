/** How `/v1/session` is documented. It is in no table, as nobody is signed in yet who asks it. */
import type { z } from 'zod';
import { signInInput } from '../session/sign-in-input.js';
import { signedInAnswer } from './answers.js';

type Json = Readonly<Record<string, unknown>>;

/** The operations of the path. */
export function sessionPath(
  schemaOf: (schema: z.ZodType) => Json,
  problemContent: Json,
): Record<string, Json> {
  const refused = { description: 'Refused, or failed', content: problemContent };
  const signedIn = { 'application/json': { schema: schemaOf(signedInAnswer) } };
  const tags = ['sessions'];
  return {
    post: {
      ...{ operationId: 'postSession', summary: 'Sign a browser in', tags, security: [] },
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(signInInput) } } },
      responses: {
        201: {
          description: 'Signed in; the cookie is set',
          headers: { 'set-cookie': { schema: { type: 'string' } } },
          content: signedIn,
        },
        default: refused,
      },
    },
    get: {
      ...{ operationId: 'getSession', summary: 'Say who is signed in by the cookie', tags },
      security: [{}, { cookieAuth: [] }],
      responses: {
        200: { description: 'Signed in', content: signedIn },
        204: { description: 'Nobody is signed in by it' },
        default: refused,
      },
    },
    delete: {
      ...{ operationId: 'deleteSession', summary: 'Sign out', tags },
      security: [{ cookieAuth: [], csrfToken: [] }],
      responses: { 204: { description: 'Signed out; the cookie is taken back' }, default: refused },
    },
  };
}
