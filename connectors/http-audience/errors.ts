import { httpErrors } from '../http/errors.ts';

/** The usual meaning of statuses; a connection's error map goes before it. */
export const errors = httpErrors([
  {
    vendor: '404',
    code: 'audience-missing',
    text: 'The audience is no longer there, or the path of the request is wrong.',
  },
  {
    vendor: 'no-audience-id',
    code: 'config',
    text: 'The answer to the create request holds no id where idPointer says. Correct the connection.',
  },
  {
    vendor: 'no-remove',
    code: 'config',
    text: 'The connection describes no request that removes members. Describe one, or deliver add-only.',
  },
  { vendor: 'path', code: 'config', text: 'A value cannot stand in the path of a request. Put it into the body.' },
  {
    vendor: 'hashes',
    code: 'config',
    text: 'A hashed delivery cannot send this match key as it is. Choose a digest, or the plain representation.',
  },
]);
