import type { DestinationDefinition } from '../destination.ts';
import { encoder } from '../files/encode.ts';
import { FileOptions } from '../files/options.ts';
import { IDENTIFIERS } from '../match-keys.ts';
import { SftpDestination } from './destination.ts';
import { errors } from './errors.ts';
import { SftpSettings } from './settings.ts';

/** Files on an SFTP server, for mail houses, onboarding vendors and whoever takes a CSV. */
export const sftp: DestinationDefinition<SftpSettings, FileOptions> = {
  type: 'sftp',
  title: 'SFTP',
  summary: 'Files with columns of your choice and a manifest, put on an SFTP server.',
  settings: SftpSettings,
  options: FileOptions,
  capabilities: {
    modes: ['mirror', 'add-only'],
    representations: ['hashed', 'plain'],
    matchKeys: Object.keys(IDENTIFIERS),
    defaultMatchKeys: ['EMAIL', 'PHONE', 'FN', 'LN', 'ZIP', 'COUNTRY'],
    batchSize: 50_000,
    memberFloor: 0,
    mirrorBy: 'snapshot',
    confirmsLater: false,
    carriesAttributes: 'columns',
    confirmation: { firstSeconds: 0, factor: 2, maxSeconds: 60, giveUpSeconds: 300 },
  },
  errors,
  encoder,
  async open(settings, environment) {
    return new SftpDestination(settings, environment);
  },
};
