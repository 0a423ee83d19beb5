import { httpErrors } from '../http/errors.ts';

/** Statuses of the receiver, as README.md asks receivers to use them. */
export const errors = httpErrors([
  {
    vendor: '400',
    code: 'config',
    text: 'The receiver calls the request malformed. Compare it with docs/webhook.schema.json.',
  },
  {
    vendor: '401',
    code: 'auth',
    text: 'The receiver does not accept the signature or the Authorization header. Compare the secrets and both clocks.',
  },
  {
    vendor: '413',
    code: 'config',
    text: 'The request is too large for the receiver. Set fewer members in one request.',
  },
  {
    vendor: '422',
    code: 'payload',
    text: 'The receiver refused every member of this request. To refuse single ones it answers 200 and names them.',
  },
]);
