import type { DestinationDefinition } from '../destination.ts';
import { Paces } from '../pacing.ts';
import { DataManagerDriver } from './data-manager.driver.ts';
import { GoogleDestination } from './destination.ts';
import { encoder, IDENTIFIERS, remainder } from './encode.ts';
import { errors } from './errors.ts';
import { GoogleAdsDriver } from './google-ads.driver.ts';
import { LONGEST_MEMBERSHIP } from './limits.ts';
import { MATCH_KEYS } from './match-keys.ts';
import { MEMBERS_PER_REQUEST } from './member-sender.ts';
import { SMALLEST_LIST } from './prerequisites.ts';
import { GoogleOptions, GoogleSettings } from './settings.ts';

/** Quotas belong to a Cloud project, so connections that share one keep one pace. */
const paces = new Paces();

/** Google Ads Customer Match lists. */
export const google: DestinationDefinition<GoogleSettings, GoogleOptions> = {
  type: 'google',
  title: 'Google Ads',
  summary: 'Customer Match lists of a Google Ads account, for Search, Shopping, Gmail, YouTube and Display.',
  settings: GoogleSettings,
  options: GoogleOptions,
  capabilities: {
    modes: ['mirror', 'add-only', 'remove-only'],
    representations: ['hashed'],
    matchKeys: MATCH_KEYS,
    defaultMatchKeys: MATCH_KEYS,
    batchSize: MEMBERS_PER_REQUEST,
    memberFloor: SMALLEST_LIST,
    mirrorBy: 'diff',
    erasing: true,
    rehearsing: true,
    replacing: { whenCheaper: false, sweeps: true },
    confirmsLater: true,
    mayFailLater: true,
    carriesAttributes: 'description',
    membershipDays: LONGEST_MEMBERSHIP,
    confirmation: { firstSeconds: 1800, factor: 1.3, maxSeconds: 3600, giveUpSeconds: 86_400 },
  },
  errors,
  encoder,
  identifiers: IDENTIFIERS,
  remainder,
  sentBeside: ({ adUserData, adPersonalization }) => ({ adUserData, adPersonalization }),
  membershipDays: ({ membershipDays }) => membershipDays,
  adopts: ({ listId }) => listId !== undefined,
  async open(settings, environment) {
    const driver =
      settings.api === 'google-ads'
        ? new GoogleAdsDriver(settings, environment)
        : new DataManagerDriver(settings, environment, paces);
    return new GoogleDestination(driver);
  },
};
