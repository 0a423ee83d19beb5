import Mustache from 'mustache';
import type { Segment, Upload } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { PACKINGS } from './packing.ts';
import { EXTENSIONS, type FileProfile } from './profile.ts';

// Most file systems end at 255 bytes; the temporary suffix, `.manifest.json` and `.done` need room.
export const LONGEST = 230;
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*\.[A-Za-z0-9]+$/;
const NUMBERS_PARTS = /\{\{\{?\s*part\s*\}/;
const DISTINGUISHES_PERSONAS = /\{\{\s*(name|persona\.key|persona\.name)\s*\}\}/;

/** What templates may name. */
export const VARIABLES: ReadonlySet<string> = new Set([
  'account',
  'audience',
  'name',
  'persona.key',
  'persona.name',
  'date',
  'year',
  'month',
  'day',
  'time',
  'hour',
  'minute',
  'second',
  'timestamp',
  'run',
  'part',
  'extension',
]);

type Naming = Pick<Upload, 'runId' | 'startedAt' | 'segment' | 'delivery'>;

/** ASCII letters, digits, dashes and underscores of a text; accents fall off, the rest becomes underscores. */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9-]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
}

/**
 * The name of part `part` (from 1) of an upload's file, and of what is inside when it is packed or encrypted.
 * @throws DestinationError `config` for a name receivers refuse
 */
export function fileNames(profile: FileProfile, upload: Naming, part = 1): { name: string; inner: string } {
  const { key } = upload.segment;
  const rendered = render(profile.fileName, view(profile, upload, part));
  // Beside the file that personas share there may be that of one from before: it is emptied, under a name of its own.
  const isFormer = profile.oneFile && key !== 'all' && !DISTINGUISHES_PERSONAS.test(profile.fileName);
  const text = isFormer ? withSuffix(rendered, key) : rendered;
  const splits = profile.splitRows !== undefined || profile.splitBytes !== undefined;
  const packing = PACKINGS[profile.compression].suffix;
  // A template may name the suffixes itself, such as .gpg for OpenPGP.
  const sealed = profile.encryptTo ? (/\.(pgp|gpg)$/.exec(text)?.[0] ?? '.pgp') : '';
  const bare = without(without(text, sealed), packing);
  const inner =
    splits && !NUMBERS_PARTS.test(profile.fileName) ? withSuffix(bare, `part-${String(part).padStart(4, '0')}`) : bare;
  const name = inner + packing + sealed;
  if (!SAFE_NAME.test(name))
    throw new DestinationError(
      'config',
      `The file name "${name}" must be letters, digits, dots, dashes and underscores, start with a letter or digit, and have an extension. Change the delivery's fileName.`,
      { vendorCode: 'file-name' },
    );
  if (name.length > LONGEST)
    throw new DestinationError('config', `The file name "${name}" is longer than ${LONGEST} characters.`, {
      vendorCode: 'file-name',
    });
  return { name, inner };
}

/** The name alone. */
export function fileName(profile: FileProfile, upload: Naming, part = 1): string {
  return fileNames(profile, upload, part).name;
}

/** The folder below the connection's, slashes kept. */
export function folderName(profile: FileProfile, upload: Naming): string {
  return render(profile.folder, view(profile, upload, 1));
}

const SAME_NAMES =
  'A delivery that is split by persona needs {{persona.key}}, {{persona.name}} or {{name}} in its fileName or folder; else the files of two personas would replace each other.';

/** Whether the files of two personas would have one name. */
export const sharesName = ({ oneFile, fileName: name, folder }: FileProfile): boolean =>
  !oneFile && !DISTINGUISHES_PERSONAS.test(name) && !DISTINGUISHES_PERSONAS.test(folder);

/** What is wrong with names of files that only a whole delivery shows. */
export const nameFaults = (profile: FileProfile, isSplit: boolean) =>
  isSplit && sharesName(profile) ? [{ path: 'fileName', message: SAME_NAMES }] : [];

/** @throws DestinationError `config` when the files of two personas would have one name */
export function assertNamesDiffer(profile: FileProfile, segment: Segment): void {
  if (segment.key === 'all' || !sharesName(profile)) return;
  throw new DestinationError('config', SAME_NAMES, { vendorCode: 'file-name' });
}

function view(profile: FileProfile, { runId, startedAt, segment, delivery }: Naming, part: number) {
  const iso = startedAt.toISOString();
  return {
    account: delivery.account,
    audience: delivery.audience,
    name: slug(segment.name) ? segment.name : segment.key,
    persona: {
      key: segment.key,
      name: slug(segment.brief.personaName) ? segment.brief.personaName : segment.key,
    },
    date: iso.slice(0, 10),
    year: iso.slice(0, 4),
    month: iso.slice(5, 7),
    day: iso.slice(8, 10),
    time: iso.slice(11, 19).replaceAll(':', ''),
    hour: iso.slice(11, 13),
    minute: iso.slice(14, 16),
    second: iso.slice(17, 19),
    timestamp: iso.replaceAll(/[:.]/g, '-'),
    run: runId,
    part: String(part).padStart(4, '0'),
    extension: EXTENSIONS[profile.format],
  };
}

function render(template: string, values: object): string {
  try {
    return Mustache.render(template, values, undefined, { escape: (value) => slug(String(value)) });
  } catch (error) {
    throw new DestinationError('config', `The template "${template}" cannot be read: ${(error as Error).message}`, {
      vendorCode: 'file-name',
    });
  }
}

const without = (name: string, suffix: string): string =>
  suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;

function withSuffix(name: string, suffix: string): string {
  const dot = name.lastIndexOf('.');
  const stem = dot < 0 ? name : name.slice(0, dot);
  return `${stem}_${suffix}${dot < 0 ? '' : name.slice(dot)}`;
}
