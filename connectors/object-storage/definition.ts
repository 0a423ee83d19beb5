import type { DestinationDefinition } from '../destination.ts';
import { FILES } from '../files/definition.ts';
import type { FileOptions } from '../files/options.ts';
import { ObjectStorageDestination } from './destination.ts';
import { errors } from './errors.ts';
import { ObjectStorageSettings } from './settings.ts';

/** Files in a bucket of Amazon S3 or a storage that speaks its language. */
export const objectStorage: DestinationDefinition<ObjectStorageSettings, FileOptions> = {
  ...FILES,
  type: 'object-storage',
  title: 'Object storage',
  summary: 'Files with columns of your choice and a manifest, put into a bucket of Amazon S3 or a compatible storage.',
  settings: ObjectStorageSettings,
  errors,
  async open(settings, environment) {
    return new ObjectStorageDestination(settings, environment);
  },
};
