import type { DestinationDefinition } from '../destination.ts';
import { encoder } from '../files/encode.ts';
import { FileOptions } from '../files/options.ts';
import { IDENTIFIERS } from '../match-keys.ts';
import { ObjectStorageDestination } from './destination.ts';
import { errors } from './errors.ts';
import { ObjectStorageSettings } from './settings.ts';

/** Files in a bucket of Amazon S3 or a storage that speaks its language. */
export const objectStorage: DestinationDefinition<ObjectStorageSettings, FileOptions> = {
  type: 'object-storage',
  title: 'Object storage',
  summary: 'Files with columns of your choice and a manifest, put into a bucket of Amazon S3 or a compatible storage.',
  settings: ObjectStorageSettings,
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
    return new ObjectStorageDestination(settings, environment);
  },
};
