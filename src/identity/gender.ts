import { Rejection } from './normaliser.ts';

const UNKNOWN = new Rejection('gender_unknown');
const WORDS = {
  m: 'm male man boy mr mister sir gentleman he him his husband father son brother herr männlich homme hombre',
  f: 'f female woman girl mrs ms miss madam lady she her hers wife mother daughter sister frau weiblich femme mujer',
};
const GENDERS = new Map(Object.entries(WORDS).flatMap(([code, words]) => words.split(' ').map((word) => [word, code])));

/** `m` or `f`; any other word is dropped rather than guessed. */
export function gender(text: string): string | Rejection {
  return GENDERS.get(text.normalize('NFC').toLowerCase().trim().replace(/\.$/, '')) ?? UNKNOWN;
}
