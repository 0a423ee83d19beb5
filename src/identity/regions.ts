import { fold } from './text.ts';

/** US states, the district and the territories (ANSI codes), then Canada's provinces and territories. */
const NAMES: Record<string, string> = {
  US:
    'Alabama AL, Alaska AK, Arizona AZ, Arkansas AR, California CA, Colorado CO, Connecticut CT, Delaware DE, ' +
    'District of Columbia DC, Washington DC DC, Florida FL, Georgia GA, Hawaii HI, Idaho ID, Illinois IL, Indiana IN, ' +
    'Iowa IA, Kansas KS, Kentucky KY, Louisiana LA, Maine ME, Maryland MD, Massachusetts MA, Michigan MI, Minnesota MN, ' +
    'Mississippi MS, Missouri MO, Montana MT, Nebraska NE, Nevada NV, New Hampshire NH, New Jersey NJ, New Mexico NM, ' +
    'New York NY, North Carolina NC, North Dakota ND, Ohio OH, Oklahoma OK, Oregon OR, Pennsylvania PA, Rhode Island RI, ' +
    'South Carolina SC, South Dakota SD, Tennessee TN, Texas TX, Utah UT, Vermont VT, Virginia VA, Washington WA, ' +
    'West Virginia WV, Wisconsin WI, Wyoming WY, American Samoa AS, Guam GU, Northern Mariana Islands MP, ' +
    'Puerto Rico PR, US Virgin Islands VI',
  CA:
    'Alberta AB, British Columbia BC, Manitoba MB, New Brunswick NB, Newfoundland and Labrador NL, Newfoundland NL, ' +
    'Northwest Territories NT, Nova Scotia NS, Nunavut NU, Ontario ON, Prince Edward Island PE, Quebec QC, ' +
    'Saskatchewan SK, Yukon YT, Yukon Territory YT',
};

const codes = new Map(
  Object.entries(NAMES).flatMap(([country, list]) =>
    list.split(', ').map((entry) => [fold(entry.slice(0, -3)), { country, code: entry.slice(-2).toLowerCase() }]),
  ),
);

const AROUND = /^(?:stateof|provinceof)|(?:state|province|usa|unitedstates|canada)$/;

/**
 * Two small letters of a US state or Canadian province given by name, or undefined. A name counts only where the
 * country is that one or not known: Georgia is also a country, and Florida a department of Uruguay.
 */
export function regionCode(text: string, country: string | undefined): string | undefined {
  const name = fold(text);
  const found = codes.get(name) ?? codes.get(name.replace(AROUND, ''));
  return found && (!country || country === found.country) ? found.code : undefined;
}
