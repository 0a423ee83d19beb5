import type { DestinationDefinition } from '../destination.ts';
import { IDENTIFIERS } from '../match-keys.ts';
import { encoder } from './encode.ts';
import { FileOptions } from './options.ts';
import { profileOf } from './profile.ts';
import { nameFaults } from './template.ts';

/** What every destination of files has in common: its options, its capabilities and how rows are made. */
export const FILES = {
  options: FileOptions,
  capabilities: {
    modes: ['mirror', 'add-only', 'changes'],
    representations: ['hashed', 'plain', 'referenced'],
    matchKeys: Object.keys(IDENTIFIERS),
    defaultMatchKeys: ['EMAIL', 'PHONE', 'FN', 'LN', 'ZIP', 'COUNTRY'],
    batchSize: 50_000,
    memberFloor: 0,
    mirrorBy: 'snapshot',
    confirmsLater: false,
    carriesAttributes: 'columns',
    confirmation: { firstSeconds: 0, factor: 2, maxSeconds: 60, giveUpSeconds: 300 },
  },
  encoder,
  joinsPersonas: (options) => profileOf(options).oneFile,
  optionFaults: (options, { isSplit }) => nameFaults(profileOf(options), isSplit),
} satisfies Pick<
  DestinationDefinition<object, FileOptions>,
  'options' | 'capabilities' | 'encoder' | 'joinsPersonas' | 'optionFaults'
>;
