import { fold, nameKey } from './text.ts';

/** ISO 3166-1, alpha-2 and alpha-3 run together, with Kosovo's user-assigned code. */
const CODES =
  'ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB BDBGD ' +
  'BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN ' +
  'CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU ' +
  'DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB ' +
  'GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG ' +
  'HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN ' +
  'KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU ' +
  'LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR ' +
  'MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL ' +
  'OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB ' +
  'RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP ' +
  'SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN ' +
  'TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM XKXKX YEYEM YTMYT ' +
  'ZAZAF ZMZMB ZWZWE';

/** Languages whose names of countries are read besides the English ones; the names themselves come from the runtime. */
const LANGUAGES = 'de fr es it nl pt pt-PT pl sv da nb fi cs hu tr ru ja zh'.split(' ');

/** What people write besides the names that the runtime knows. `UK` is not an ISO code, yet the commonest of all mistakes. */
const ALIASES: Record<string, string> = {
  GB:
    'UK, Great Britain, England, Scotland, Wales, Northern Ireland, United Kingdom of Great Britain and Northern Ireland, ' +
    'Großbritannien, Schottland, Nordirland, Grande-Bretagne, Angleterre, Écosse, Gran Bretaña, Inglaterra, Escocia, ' +
    'Gran Bretagna, Inghilterra, Groot-Brittannië, Engeland, Schotland, Grã-Bretanha, Escócia, Wielka Brytania, Storbritannien',
  US: 'United States of America, America, Vereinigte Staaten von Amerika, États-Unis d’Amérique, Estados Unidos de América, EE. UU., EEUU, EUA, Stati Uniti d’America, Verenigde Staten van Amerika, Stany Zjednoczone Ameryki',
  AE: 'UAE, VAE',
  NL: 'Holland, The Netherlands, Hollande, Holanda, Olanda, Holandia',
  CZ: 'Czech Republic, Czech Rep., Tschechische Republik, République tchèque, República Checa, Repubblica Ceca',
  RU: 'Russian Federation, Russische Föderation',
  KR: 'Republic of Korea, Korea, Südkorea, Corea',
  KP: 'Democratic People’s Republic of Korea',
  TR: 'Turkey, Republic of Türkiye',
  VN: 'Viet Nam, Socialist Republic of Vietnam',
  CI: 'Ivory Coast',
  HK: 'Hong Kong, Hongkong',
  MO: 'Macau, Macao',
  PS: 'Palestine, State of Palestine',
  MM: 'Myanmar, Burma',
  MK: 'Macedonia, the former Yugoslav Republic of Macedonia',
  SZ: 'Swaziland',
  TL: 'East Timor',
  CV: 'Cape Verde',
  VA: 'Vatican, Holy See',
  CD: 'Democratic Republic of the Congo, DR Congo',
  CG: 'Republic of the Congo',
  IR: 'Islamic Republic of Iran',
  TZ: 'United Republic of Tanzania',
  MD: 'Republic of Moldova',
  BO: 'Plurinational State of Bolivia',
  VE: 'Bolivarian Republic of Venezuela',
  FM: 'Federated States of Micronesia',
  TW: 'Taiwan, Province of China Taiwan',
  SY: 'Syrian Arab Republic',
  LA: 'Lao People’s Democratic Republic',
  DE: 'Bundesrepublik Deutschland, BRD, Federal Republic of Germany',
  IE: 'Republic of Ireland, Éire',
  DO: 'Dominican Rep.',
};

/** The signs of cars, as people write them before postal codes; alone they are no ISO codes. */
const CAR_SIGNS = new Map([
  ['D', 'DE'],
  ['A', 'AT'],
  ['F', 'FR'],
  ['I', 'IT'],
]);

/** Every upper-case alpha-2 code. */
export const COUNTRY_CODES: readonly string[] = CODES.split(' ').map((pair) => pair.slice(0, 2));
const alpha2 = new Set(COUNTRY_CODES);
let surely: Map<string, string> | undefined;
let elsewhere: Map<string, string> | undefined;

/** True for an upper-case ISO 3166-1 alpha-2 code. */
export function isCountryCode(code: string): boolean {
  return alpha2.has(code);
}

/** A code and a name, or a name and what stands behind a comma: `Germany (DE)`, `DE - Germany`, `Korea, Republic of`. */
const PARTS = /^\s*([^(,:|/–—-]+?)\s*(?:[(,:|/–—]|\s-\s|-(?=\s)|(?<=\s)-)\s*([^()]+?)\s*\)?\s*$/u;

/**
 * The upper-case alpha-2 code of a country given as alpha-2, alpha-3 or name in one of many languages, whatever the case,
 * blanks and punctuation; undefined when it is none of these. Meant for import, where files hold all of them. `N/A`,
 * `n.a.` and the like are no country; `NA` is Namibia.
 */
export function countryCode(text: string): string | undefined {
  if (alpha2.has(text)) return text;
  const letters = fold(text).toUpperCase();
  if (alpha2.has(letters)) return isNothing(letters, text) ? undefined : letters;
  return byNameOf(text) ?? CAR_SIGNS.get(text.trim()) ?? ofParts(text);
}

/** `N/A` and `n.a.` are nothing, and so is what else a slash divides; Namibia is written `NA`. */
const isNothing = (code: string, text: string) => text.includes('/') || (code === 'NA' && !/^\s*na\s*$/i.test(text));

function ofParts(text: string): string | undefined {
  const [, before, after] = PARTS.exec(text) ?? [];
  if (!before || !after) return undefined;
  const turned = byNameOf(`${after} ${before}`);
  if (turned) return turned;
  const [one, other] = [before, after].map((part) => (alpha2.has(part) ? part : byNameOf(part)));
  return one === other ? one : undefined;
}

/** The country of a name. English names come first: the other languages take the runtime a tenth of a second to load. */
function byNameOf(text: string): string | undefined {
  const key = nameKey(text).replace(/^the(?=.{4})|(?<=.{4})the$/g, '');
  surely ??= sureNames();
  const sure = surely.get(key);
  if (sure || key === '') return sure;
  elsewhere ??= otherNames(surely);
  return elsewhere.get(key);
}

function sureNames(): Map<string, string> {
  const found = new Map<string, string>();
  for (const [code, name] of namesIn('en')) found.set(nameKey(name), code);
  for (const [code, names] of Object.entries(ALIASES))
    for (const name of names.split(', ')) found.set(nameKey(name), code);
  for (const pair of CODES.split(' ')) found.set(nameKey(pair.slice(2)), pair.slice(0, 2));
  return found;
}

/** A name that two languages give to different countries (Kongo) names none. */
function otherNames(sure: ReadonlyMap<string, string>): Map<string, string> {
  const found = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const [code, name] of LANGUAGES.flatMap(namesIn)) {
    const key = nameKey(name);
    if (sure.has(key)) continue;
    if ((found.get(key) ?? code) !== code) ambiguous.add(key);
    found.set(key, code);
  }
  for (const key of ambiguous) found.delete(key);
  return found;
}

/** Codes and names, each also as people without its signs write it: `and` for `&`, `Oesterreich`. */
function namesIn(language: string): [string, string][] {
  const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
  return COUNTRY_CODES.flatMap((code): [string, string][] => {
    const name = names.of(code);
    if (!name) return [];
    const forms = [name, name.replace('&', 'and'), name.replace('St.', 'Saint'), umlautsSpelled(name)];
    return [...new Set(forms)].map((form) => [code, form]);
  });
}

const umlautsSpelled = (name: string) => name.replace(/[äöüÄÖÜ]/g, (letter) => `${letter.normalize('NFD')[0]}e`);
