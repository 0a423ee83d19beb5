import fc from 'fast-check';
import { readHeader } from './header.ts';
import { wordsOf } from './words.ts';

const meaningOf = (name: string) => {
  const { id, meanings, isOfOther } = readHeader(name);
  if (id) return `${id} id`;
  return isOfOther ? 'other' : meanings.map(({ meaning }) => meaning).join(' or ');
};

describe('the words of a name', () => {
  it.each(['Billing Zip', 'billing_zip', 'BillingZip', 'billing-zip', 'BILLING ZIP', 'billing.zip'])(
    'are the same in %s',
    (name) => {
      expect(wordsOf(name)).toEqual(['billing', 'zip']);
    },
  );

  it.each<[string, string[]]>([
    ['Zip (Billing)', ['zip', 'billing']],
    ['Straße', ['strasse']],
    ['Prénom', ['prenom']],
    ['Pre\u0301nom', ['prenom']],
    ['Address1', ['address', '1']],
    ['HasOptedOutOfEmail', ['has', 'opted', 'out', 'of', 'email']],
    ['SMSOptIn', ['sms', 'opt', 'in']],
    ['Associated Company IDs', ['associated', 'company', 'ids']],
    ['Order #', ['order', 'nr']],
    ["contact's data", ['contacts', 'data']],
    ['\u200bPhone', ['phone']],
  ])('of %s are %j', (name, words) => {
    expect(wordsOf(name)).toEqual(words);
  });
});

describe('a name of a column', () => {
  it.each<[string, string]>([
    ['E-Mail', 'email'],
    ['eMail-Adresse', 'email'],
    ['Email (Billing)', 'email'],
    ['customer_email', 'email'],
    ['Adresse e-mail', 'email'],
    ['Correo electrónico', 'email'],
    ['Indirizzo email', 'email'],
    ['E-mailadres', 'email'],
    ['Mobile No.', 'phone'],
    ['HOMEPHONE', 'phone'],
    ['Handynummer', 'phone'],
    ['Default Address Phone', 'phone'],
    ['Téléphone portable', 'phone'],
    ['Teléfono móvil', 'phone'],
    ['Telemóvel', 'phone'],
    ['FIRSTNAME', 'firstName'],
    ['name.first', 'firstName'],
    ['Prénom', 'firstName'],
    ['Voornaam', 'firstName'],
    ['Apellidos', 'lastName'],
    ['Cognome', 'lastName'],
    ['Sobrenome', 'lastName'],
    ['Nom et prénom', 'fullName'],
    ['Geburtsdatum', 'birthDate'],
    ['Fecha de nacimiento', 'birthDate'],
    ['doby', 'birthYear'],
    ['Default Address Address1', 'street'],
    ['Straße und Hausnummer', 'street'],
    ['Huisnummer', 'houseNumber'],
    ['address_line_2', 'addressLine2'],
    ['Default Address Address2', 'addressLine2'],
    ['Rechnungsort', 'city'],
    ['Ville de livraison', 'city'],
    ['Address 1 - City', 'city'],
    ['State/Region', 'region'],
    ['Country/Region', 'country'],
    ['Mailing Zip/Postal Code', 'postalCode'],
    ['Código postal', 'postalCode'],
    ['Order Total Amount', 'amount'],
    ['Total Revenue', 'aggregate'],
    ['Bestelldatum', 'time'],
    ['Amount Refunded', 'refunded'],
  ])('%s means %s', (name, meaning) => {
    expect(meaningOf(name)).toBe(meaning);
  });

  it.each<[string, string]>([
    ['Customer ID', 'customer'],
    ['Kundennummer', 'customer'],
    ['N° client', 'customer'],
    ['Codice cliente', 'customer'],
    ['Contact ID', 'contact'],
    ['Mitglieds-Nr.', 'member'],
    ['userid', 'user'],
  ])('%s is the id of a %s', (name, person) => {
    expect(readHeader(name)).toMatchObject({ id: 'person', person });
  });

  it.each(['id', 'External ID', 'uid', 'uuid'])('%s is an id without an owner', (name) => {
    expect(readHeader(name)).toMatchObject({ id: 'person', person: undefined });
  });

  it.each(['Order ID', 'Bestell-Nr.', 'order_no', 'N° commande', 'Invoice Number', 'Order #'])(
    '%s is the id of an order',
    (name) => {
      expect(meaningOf(name)).toBe('order id');
    },
  );

  it.each([
    'Created by user ID',
    'OwnerId',
    'Contact owner ID',
    'Account ID',
    'AccountId',
    'Company ID',
    'Parent customer ID',
    'Assigned User ID',
    'Campaign ID',
    'Device ID',
    'List ID',
    'Last Contact No',
    'Nr.',
  ])('%s is the id of somebody or something else', (name) => {
    expect(meaningOf(name)).toBe('other id');
  });

  it.each([
    'Survey',
    'Birthplace',
    'First Purchase',
    'First Seen',
    'Last Order',
    'Phonetic First Name',
    'Surcharge',
    'Family size',
    'Telegram',
    'Nominee',
    'Excellent rating',
    'Email Opt Out',
    'Last Email Sent',
    'Bounce count',
    'Sales region',
    'Country of origin',
    'Number of orders',
    'Opt-in time',
    'Product Type',
  ])('%s has no meaning', (name) => {
    expect(meaningOf(name)).toBe('');
  });

  it.each(['Email Domain', 'Company phone', 'Contact owner', 'Parent e-mail', 'Telefon Firma', 'IP Address'])(
    '%s is about somebody or something else',
    (name) => {
      expect(meaningOf(name)).toBe('other');
    },
  );

  it.each<[string, string]>([
    ['Billing Zip', 'billing'],
    ['Shipping Address1', 'shipping'],
    ['Lieferadresse PLZ', 'shipping'],
    ['MailingPostalCode', 'mailing'],
    ['Address 2 - City', '2'],
    ['Address 2', ''],
    ['Zip', ''],
  ])('%s belongs to the address "%s"', (name, address) => {
    expect(readHeader(name).address).toBe(address);
  });

  it('reads any text without an error', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000, unit: 'binary' }), (name) => {
        expect(readHeader(name)).toHaveProperty('isKnown');
      }),
    );
    for (const name of [`${'id no name '.repeat(8)}unknown`, 'id no name '.repeat(10_000), 'e'.repeat(64_000)])
      expect(readHeader(name)).toHaveProperty('isKnown');
  });
});
