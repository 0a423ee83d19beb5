import { createHash } from 'node:crypto';
import type { DestinationDefinition } from '../destination.ts';
import { encoder, hashOf, remainder, WIRE_IDENTIFIERS } from '../http/encode.ts';
import { failure } from '../http/errors.ts';
import { IDENTIFIERS } from '../match-keys.ts';
import { Paces } from '../pacing.ts';
import { HttpAudienceDestination } from './destination.ts';
import { errors } from './errors.ts';
import { HttpAudienceOptions, HttpAudienceSettings, MOST_MEMBERS } from './settings.ts';

/** An API allows a customer so many requests a minute, whichever runs share it. */
const paces = new Paces();

/** Any API that keeps audiences, described by templates of its requests. */
export const httpAudience: DestinationDefinition<HttpAudienceSettings, HttpAudienceOptions> = {
  type: 'http-audience',
  title: 'HTTP audience',
  summary: 'Audiences of an API without a connector of its own, described by its requests.',
  settings: HttpAudienceSettings,
  options: HttpAudienceOptions,
  capabilities: {
    modes: ['mirror', 'add-only', 'remove-only', 'changes'],
    representations: ['hashed', 'plain', 'referenced'],
    matchKeys: Object.keys(IDENTIFIERS),
    defaultMatchKeys: ['EMAIL', 'PHONE', 'EXTERN_ID'],
    batchSize: MOST_MEMBERS,
    memberFloor: 0,
    mirrorBy: 'diff',
    confirmsLater: false,
    carriesAttributes: 'columns',
    confirmation: { firstSeconds: 0, factor: 2, maxSeconds: 60, giveUpSeconds: 300 },
  },
  errors,
  identifiers: WIRE_IDENTIFIERS,
  remainder,
  sentBeside: () => null,
  encoder(context) {
    const { representation = 'hashed', matchKeys, options } = context;
    const bare = matchKeys.filter(
      (key) => IDENTIFIERS[key]?.digest && hashOf(key, representation, options.hashes) === 'none',
    );
    if (representation === 'hashed' && bare.length > 0)
      throw failure(errors, 'hashes', { more: `It is ${bare.join(', ')}.` });
    return encoder(context, options.hashes);
  },
  async open(settings, environment) {
    return new HttpAudienceDestination(settings, environment, paces.of(quotaName(settings)));
  },
};

/** Whose requests are counted together: one customer's of an API, told apart by the credentials. */
const quotaName = ({ baseUrl, authValue = '' }: HttpAudienceSettings): string =>
  `http-audience ${createHash('sha256').update(`${baseUrl} ${authValue}`).digest('hex').slice(0, 24)}`;
