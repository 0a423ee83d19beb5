import { isISO31661Alpha2 } from 'class-validator';
import { validationPipe } from '../http/validation.ts';
import { MOST_CONTACTS, ScoreDto } from './inform.dto.ts';

const MOST = 20;
const pipe = validationPipe();

type Holds = (value: unknown) => boolean;

const text =
  (longest: number, shortest = 1): Holds =>
  (value) =>
    typeof value === 'string' && value.length >= shortest && value.length <= longest;

const list =
  (most: number, longest: number): Holds =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every(text(longest, 0));

const plain: Holds = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field that is left out is fine; one that is there must hold, and no other may be there. */
const fields =
  (known: Readonly<Record<string, Holds>>): Holds =>
  (value) => {
    if (!plain(value)) return false;
    const given = value as Record<string, unknown>;
    for (const name in given) if (!Object.hasOwn(known, name) || !known[name]!(given[name])) return false;
    return true;
  };

const contact = fields({
  contactId: text(100),
  key: text(1000),
  externalIds: list(MOST, 1000),
  externalIdNamespace: text(100, 0),
  emails: list(MOST, 320),
  phones: list(MOST, 100),
  emailHashes: list(MOST, 100),
  phoneHashes: list(MOST, 100),
  mobileAdIds: list(MOST, 100),
  country: isISO31661Alpha2,
  gender: text(100, 0),
  birthDate: text(100, 0),
  city: text(1000, 0),
  region: text(1000, 0),
  postalCode: text(100, 0),
  reference: text(200, 0),
  traits: plain,
});
const ids: Holds = (value) => list(100, 1000)(value) && new Set(value as string[]).size === (value as string[]).length;
const contacts: Holds = (value) =>
  Array.isArray(value) && value.length > 0 && value.length <= MOST_CONTACTS && value.every(contact);

/** True for bodies that `ScoreDto` accepts for certain; false says nothing. */
export const isPlainScore = fields({ contact, contacts, personaSets: ids, outcomes: ids });

/**
 * The body of a scoring request. What is plainly right is taken at once, which is several times as fast as validating
 * it; everything else is left to the rules of `ScoreDto`.
 * @throws Problem 400 with the path of every fault
 */
export async function readScore(body: unknown): Promise<ScoreDto> {
  if (isPlainScore(body)) return body as ScoreDto;
  return (await pipe.transform(body, { type: 'body', metatype: ScoreDto })) as ScoreDto;
}
