/** The purposes that deliveries ask for, by the names of Google's consent mode. */
export const AD_PURPOSES = ['ad_user_data', 'ad_personalization'] as const;

/** What people call advertising as a whole, and other spellings of its purposes; letters only, in lower case. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  ad: AD_PURPOSES,
  ads: AD_PURPOSES,
  advert: AD_PURPOSES,
  adverts: AD_PURPOSES,
  advertising: AD_PURPOSES,
  advertisement: AD_PURPOSES,
  advertisements: AD_PURPOSES,
  aduserdata: ['ad_user_data'],
  adpersonalization: ['ad_personalization'],
  adpersonalisation: ['ad_personalization'],
};

/**
 * The purposes under which contacts hold what people call by a name: `advertising` and its like mean both purposes of
 * advertising, however they are written; any other name means itself.
 */
export function purposesNamed(name: string): readonly string[] {
  const letters = name.toLowerCase().replaceAll(/[\s_-]/g, '');
  return Object.hasOwn(SPELLINGS, letters) ? SPELLINGS[letters]! : [name];
}

/** Whether a denial of the purpose keeps a person from being delivered. */
export const isAdPurpose = (purpose: string): boolean => (AD_PURPOSES as readonly string[]).includes(purpose);

/** Purposes by the names that people use: `advertising` where both of its purposes are among them. */
export const shortPurposes = (purposes: readonly string[]): string[] =>
  AD_PURPOSES.every((each) => purposes.includes(each))
    ? ['advertising', ...purposes.filter((each) => !isAdPurpose(each))]
    : [...purposes];
