import type { DestinationDefinition } from '../destination.ts';
import { FacebookDestination } from './destination.ts';
import { encoder } from './encode.ts';
import { errors } from './errors.ts';
import { MATCH_KEYS } from './match-keys.ts';
import { AUDIENCE_CAP } from './preflight.ts';
import { ROWS, remainder } from './schema.ts';
import { FacebookOptions, FacebookSettings } from './settings.ts';
import { BATCH_ROWS } from './users-sender.ts';

/** A replacement must end within 90 minutes: 3,000 batches are an hour at the pace of a slow line. */
const REPLACE_ROWS = 3_000 * BATCH_ROWS;

/** Customer-list Custom Audiences of one Meta ad account. */
export const facebook: DestinationDefinition<FacebookSettings, FacebookOptions> = {
  type: 'facebook',
  title: 'Facebook',
  summary: 'Custom Audiences for ads on Facebook and Instagram, one for each persona.',
  settings: FacebookSettings,
  options: FacebookOptions,
  capabilities: {
    modes: ['mirror', 'add-only', 'remove-only'],
    representations: ['hashed'],
    matchKeys: MATCH_KEYS,
    defaultMatchKeys: ['EMAIL', 'PHONE', 'FN', 'LN', 'CT', 'ST', 'ZIP', 'COUNTRY'],
    batchSize: BATCH_ROWS,
    memberFloor: 100,
    audienceCap: AUDIENCE_CAP,
    mirrorBy: 'diff',
    erasing: true,
    replacing: { mostWeight: REPLACE_ROWS, whenCheaper: true, sweeps: false },
    confirmsLater: true,
    carriesAttributes: 'description',
    confirmation: { firstSeconds: 30, factor: 2, maxSeconds: 3600, giveUpSeconds: 2 * 86_400 },
  },
  errors,
  encoder,
  identifiers: ROWS,
  remainder,
  sentBeside: () => null,
  attributesOf: ({ valueAttribute }) => (valueAttribute ? [valueAttribute] : []),
  membershipDays: ({ retentionDays }) => retentionDays,
  adopts: ({ audienceId }) => audienceId !== undefined,
  open: async (settings, environment) => new FacebookDestination(settings, environment),
};
