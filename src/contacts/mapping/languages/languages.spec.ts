import { readHeader } from '../header.ts';
import { LANGUAGES } from './index.ts';
import type { Meaning } from './language.ts';

/** Names of columns as shops and newsletter tools of each language write them. */
const HEADERS: Record<string, Record<string, Meaning>> = {
  en: {
    'Given name': 'firstName',
    Surname: 'lastName',
    'Mobile Number (with country code)': 'phone',
    'Address line2': 'addressLine2',
    Postcode: 'postalCode',
    County: 'region',
    'DOB (MM/DD/YYYY)': 'birthDate',
    'Purchase Amount': 'amount',
    'Lifetime Value': 'aggregate',
  },
  de: {
    'Vor- und Nachname': 'fullName',
    'Straße/Hausnummer': 'street',
    'Hausnr.': 'houseNumber',
    PLZ: 'postalCode',
    Wohnort: 'city',
    'Land/Region': 'country',
    'Telefon geschäftlich': 'phone',
    'Geb.-Datum': 'birthDate',
    Anrede: 'gender',
    Rechnungsdatum: 'time',
    Gesamtsumme: 'amount',
    Artikelnummer: 'itemSku',
  },
  fr: {
    Civilité: 'gender',
    Prénom: 'firstName',
    "Complément d'adresse": 'addressLine2',
    'Code postal': 'postalCode',
    'Ville de facturation': 'city',
    Pays: 'country',
    'Numéro de téléphone': 'phone',
    'Date de commande': 'time',
    'Montant total TTC': 'amount',
    'Total dépensé': 'aggregate',
    Devise: 'currency',
  },
  es: {
    Apellidos: 'lastName',
    Móvil: 'phone',
    'Fecha de nacimiento': 'birthDate',
    Población: 'city',
    'Código postal': 'postalCode',
    País: 'country',
    'Dirección de envío': 'address',
    'Fecha del pedido': 'time',
    'Importe total': 'amount',
    'Estado del pedido': 'status',
  },
  it: {
    Cognome: 'lastName',
    Cellulare: 'phone',
    'Numero civico': 'houseNumber',
    CAP: 'postalCode',
    Città: 'city',
    Nazione: 'country',
    'Data di nascita': 'birthDate',
    'Data ordine': 'time',
    'Importo totale': 'amount',
  },
  nl: {
    Voornaam: 'firstName',
    Achternaam: 'lastName',
    Huisnummer: 'houseNumber',
    Woonplaats: 'city',
    Geboortedatum: 'birthDate',
    'Factuuradres plaats': 'city',
    Besteldatum: 'time',
    Totaalbedrag: 'amount',
  },
  pt: {
    Sobrenome: 'lastName',
    Telemóvel: 'phone',
    Morada: 'address',
    CEP: 'postalCode',
    Cidade: 'city',
    'Data de nascimento': 'birthDate',
    'Data do pedido': 'time',
    'Valor total': 'amount',
    'Nome completo': 'fullName',
  },
};

describe.each(Object.entries(HEADERS))('a column in the language %s', (_, headers) => {
  it.each(Object.entries(headers))('called %s holds the %s', (name, meaning) => {
    expect(readHeader(name).meanings.map((possible) => possible.meaning)).toContain(meaning);
  });
});

describe('the lists of words', () => {
  it('hold names as they are compared: in lower case, without accents', () => {
    for (const { meanings, addresses, people, ids, orders, others, fillers } of LANGUAGES) {
      const lists = [meanings, addresses, people].flatMap((group) => Object.values(group));
      for (const list of [...lists, ids, orders, others, fillers]) expect(list).toMatch(/^[a-z0-9 ?!,]+$/);
    }
  });

  it('hold ids of customers and orders in every language', () => {
    for (const name of [
      'Customer No.',
      'Kunden-Nr.',
      'N° client',
      'Nº cliente',
      'Codice cliente',
      'Klantnummer',
      'N.º de cliente',
    ])
      expect(readHeader(name)).toMatchObject({ id: 'person', person: 'customer' });
    for (const name of [
      'Order No.',
      'Bestell-Nr.',
      'N° commande',
      'Núm. pedido',
      'N. ordine',
      'Bestelnummer',
      'Nº do pedido',
    ])
      expect(readHeader(name).id).toBe('order');
  });
});
