import { Rejection } from './normaliser.ts';

const UNKNOWN = new Rejection('gender_unknown');
const WORDS = {
  m: 'm male man boy mr mister sir gentleman he him his husband father son brother herr männlich homme hombre',
  f: 'f female woman girl mrs ms miss madam lady she her hers wife mother daughter sister frau weiblich femme mujer',
};
/** Words of several languages, in small letters, with the code each stands for. */
export const GENDER_WORDS: ReadonlyMap<string, keyof typeof WORDS> = new Map(
  (['m', 'f'] as const).flatMap((code) => WORDS[code].split(' ').map((word) => [word, code] as const)),
);

/** `m` or `f`; any other word is dropped rather than guessed. */
export function gender(text: string): string | Rejection {
  return GENDER_WORDS.get(text.normalize('NFC').toLowerCase().trim().replace(/\.$/, '')) ?? UNKNOWN;
}
