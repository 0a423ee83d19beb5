import type { DestinationDefinition } from '../destination.ts';
import { FILES } from '../files/definition.ts';
import type { FileOptions } from '../files/options.ts';
import { SftpDestination } from './destination.ts';
import { errors } from './errors.ts';
import { keyPair } from './key-pair.ts';
import { SftpSettings } from './settings.ts';

/** Files on an SFTP server, for mail houses, onboarding vendors and whoever takes a CSV. */
export const sftp: DestinationDefinition<SftpSettings, FileOptions> = {
  ...FILES,
  type: 'sftp',
  title: 'SFTP',
  summary: 'Files with columns of your choice and a manifest, put on an SFTP server.',
  settings: SftpSettings,
  keyPair,
  errors,
  async open(settings, environment) {
    return new SftpDestination(settings, environment);
  },
};
