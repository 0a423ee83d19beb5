import { fold } from './text.ts';

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

/** What people write besides a country's English name. `UK` is not an ISO code, yet the commonest of all mistakes. */
const ALIASES: Record<string, string> = {
  UK: 'GB',
  'Great Britain': 'GB',
  England: 'GB',
  Scotland: 'GB',
  Wales: 'GB',
  'Northern Ireland': 'GB',
  'United States of America': 'US',
  America: 'US',
  UAE: 'AE',
  Holland: 'NL',
  'The Netherlands': 'NL',
  'Czech Republic': 'CZ',
  'Russian Federation': 'RU',
  'Republic of Korea': 'KR',
  Korea: 'KR',
  Turkey: 'TR',
  'Viet Nam': 'VN',
  'Ivory Coast': 'CI',
  'Hong Kong': 'HK',
  Macau: 'MO',
  Macao: 'MO',
  Palestine: 'PS',
  Myanmar: 'MM',
  Burma: 'MM',
  Macedonia: 'MK',
  Swaziland: 'SZ',
  'East Timor': 'TL',
  'Cape Verde': 'CV',
  Vatican: 'VA',
  'Democratic Republic of the Congo': 'CD',
  'Republic of the Congo': 'CG',
  Deutschland: 'DE',
  España: 'ES',
  Österreich: 'AT',
  Italia: 'IT',
  Brasil: 'BR',
};

/** Every upper-case alpha-2 code. */
export const COUNTRY_CODES: readonly string[] = CODES.split(' ').map((pair) => pair.slice(0, 2));
const alpha2 = new Set(COUNTRY_CODES);
const byName = new Map<string, string>();

/** True for an upper-case ISO 3166-1 alpha-2 code. */
export function isCountryCode(code: string): boolean {
  return alpha2.has(code);
}

/**
 * The upper-case alpha-2 code of a country given as alpha-2, alpha-3 or English name, whatever the case, blanks and
 * punctuation; undefined when it is none of these. Meant for import, where files hold all of them.
 */
export function countryCode(text: string): string | undefined {
  if (alpha2.has(text)) return text;
  const letters = fold(text);
  const code = letters.toUpperCase();
  if (alpha2.has(code)) return code;
  if (byName.size === 0) fillNames();
  return byName.get(letters);
}

function fillNames(): void {
  const names = new Intl.DisplayNames(['en'], { type: 'region' });
  for (const pair of CODES.split(' ')) {
    const code = pair.slice(0, 2);
    const name = names.of(code) ?? code;
    for (const form of [pair.slice(2), name, name.replace('&', 'and'), name.replace('St.', 'Saint')])
      byName.set(fold(form), code);
  }
  for (const [name, code] of Object.entries(ALIASES)) byName.set(fold(name), code);
}
