import type { DestinationDefinition } from '../destination.ts';
import { encoder, remainder, WIRE_IDENTIFIERS } from '../http/encode.ts';
import { IDENTIFIERS } from '../match-keys.ts';
import { WebhookDestination } from './destination.ts';
import { errors } from './errors.ts';
import { MOST_MEMBERS, WebhookOptions, WebhookSettings } from './settings.ts';

/** Signed JSON for a receiver of the user's own. */
export const webhook: DestinationDefinition<WebhookSettings, WebhookOptions> = {
  type: 'webhook',
  title: 'Webhook',
  summary: 'Members as signed JSON, batch by batch, to an address of your own.',
  settings: WebhookSettings,
  options: WebhookOptions,
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
  encoder: (context) => encoder(context),
  async open(settings, environment) {
    return new WebhookDestination(settings, environment);
  },
};
