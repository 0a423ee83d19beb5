import type { Language } from './language.ts';

export const DUTCH: Language = {
  meanings: {
    email: 'e mailadres, emailadres, mailadres, e mail adres, email adres',
    phone:
      'telefoon, telefoonnummer, telefoonnr, tel nr, mobiel, mobiel nummer, mobiele nummer, mobiele telefoon, ' +
      'mobielnummer, gsm, gsm nummer, vaste telefoon, mobiel telefoonnummer, tel',
    firstName: 'voornaam, voornamen, roepnaam',
    lastName: 'achternaam, familienaam, geslachtsnaam',
    fullName: 'volledige naam, voor en achternaam, naam voluit',
    name: 'naam',
    gender: 'geslacht, aanhef?, aanspreektitel?',
    birthDate: 'geboortedatum, geboorte datum, geboren op, geboren, verjaardag, geb datum, geboortedag',
    birthYear: 'geboortejaar',
    age: 'leeftijd',
    street:
      'straat, straatnaam, straat en huisnummer, straat huisnummer, adres 1, adresregel 1, adresregel, straat nr, straat en nr',
    houseNumber: 'huisnummer, huisnr, huis nr, huisnummer en toevoeging',
    addressLine2:
      'toevoeging, huisnummer toevoeging, huisnummertoevoeging, adres 2, adresregel 2, bus, busnummer, huisnr toevoeging, adresregel 3',
    address: 'adres, volledig adres, postadres, woonadres',
    city: 'stad, plaats, woonplaats, gemeente, plaatsnaam',
    region: 'provincie, regio, staat?, provincie staat',
    postalCode: 'postcode, post code',
    country: 'land regio, land?, landcode, land code, landnaam, woonland',
    time:
      'besteldatum, datum, orderdatum, aankoopdatum, aangemaakt op, aangemaakt, tijdstip, factuurdatum, betaaldatum, ' +
      'datum tijd, datum en tijd, tijd, aanmaakdatum, gemaakt op, betaald op',
    amount:
      'totaalbedrag, totaal, bedrag, orderbedrag, ordertotaal, totaalprijs, waarde, orderwaarde, totaal incl btw, bedrag incl btw, ' +
      'prijs, omzet, factuurbedrag, bestelbedrag, subtotaal',
    aggregate:
      'totale omzet, totaal besteed, totaal uitgegeven, gemiddelde orderwaarde, totaal bestellingen, klantwaarde',
    currency: 'valuta, munteenheid, valutacode',
    status: 'bestelstatus, orderstatus, betaalstatus, betalingsstatus',
    cancelledAt: 'geannuleerd op, annuleringsdatum, geannuleerd',
    refunded: 'terugbetaald, terugbetaald bedrag, terugbetaling, restitutie',
    test: 'testbestelling',
    itemName: 'artikel, artikelnaam, productnaam, omschrijving artikel',
    itemSku: 'artikelnummer, artikelcode, productcode, artikelnr',
    itemQuantity: 'aantal, hoeveelheid',
    itemPrice: 'stukprijs, prijs per stuk, artikelprijs, eenheidsprijs',
  },
  addresses: {
    default: 'standaard, hoofd',
    mailing: 'post, correspondentie, woon',
    billing: 'factuur, facturatie, facturering',
    home: 'prive, thuis, persoonlijk',
    shipping: 'bezorg, bezorging, verzend, verzending, lever, levering, aflever',
    work: 'zakelijk, zakelijke, werk, kantoor',
    other: 'ander, andere, overig, overige, tweede, alternatief',
  },
  people: {
    customer: 'klant, klanten, koper, debiteur, debiteuren, besteller, relatie',
    contact: 'contact, contactpersoon',
    user: 'gebruiker, gebruikers',
    member: 'lid, lidmaatschap, lidmaatschaps, klantenkaart',
    subscriber: 'abonnee, ontvanger',
    person: 'persoon, deelnemer',
    lead: 'prospect',
    donor: 'donateur',
    record: 'record',
  },
  ids: 'nummer, nr, kenmerk, sleutel, identificatie',
  orders:
    'bestel, bestelling, bestellings, order, factuur, transactie, aankoop, betaling, betalings, boeking, boekings, verkoop',
  others:
    'eigenaar, verantwoordelijke, beheerder, behandelaar, accountmanager, aangemaakt door, gemaakt door, gewijzigd door, ' +
    'toegewezen aan, toegewezen, bedrijf, bedrijfs, bedrijfsnaam, onderneming, organisatie, rekening, werkgever, winkel, leverancier, ' +
    'verkoper, vertegenwoordiger, adviseur, doorverwezen door, aangebracht door, ouder, vader, moeder, partner, voogd, ' +
    'campagne, lijst, groep, apparaat, product, artikel, medewerker, personeel, btw, kvk, bank, kaart, creditcard, ' +
    'bon, zending, zendings, website, huishouden, noodcontact, noodgeval, filiaal, vestiging, bsn',
  fillers:
    'de, het, een, van, en, of, in, op, voor, uw, je, mijn, geldig, verplicht, optioneel, gegevens, veld, eur, euro, ' +
    'incl, btw, intern, extern, eigen',
};
