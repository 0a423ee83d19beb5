import type { Language } from './language.ts';

export const GERMAN: Language = {
  meanings: {
    email: 'e mail adresse, email adresse, mail adresse, e mail anschrift, emailadresse, mailadresse, email kontakt',
    phone:
      'telefon, telefonnummer, telefonnr, tel nr, telefon nr, festnetz, festnetznummer, rufnummer, mobil, mobilnummer, ' +
      'mobiltelefon, mobil nr, mobilfunk, mobilfunknummer, handy, handynummer, handynr, handy nr',
    firstName: 'vorname, vornamen, rufname',
    lastName: 'nachname, nachnamen, familienname, zuname, hausname',
    fullName: 'vollstandiger name, vor und nachname, vor und zuname, vorname nachname, nachname vorname, name vorname',
    gender: 'geschlecht, anrede, anredecode, anrede kennzeichen, briefanrede?',
    birthDate: 'geburtsdatum, geburtstag, geb datum, gebdatum, geb, geboren am, geboren, geburts datum, geburtsdat',
    birthYear: 'geburtsjahr, jahrgang',
    age: 'alter',
    street:
      'strasse, str, strasse nr, strasse hausnummer, strasse und hausnummer, strasse und nr, strasse hausnr, strasse u nr, ' +
      'strassenname, adresse 1, adresszeile 1, adresszeile, anschrift zeile 1',
    houseNumber: 'hausnummer, hausnr, haus nr, hnr',
    addressLine2:
      'adresszusatz, zusatz, adresse 2, adresszeile 2, adresszusatz 2, anschriftzusatz, wohnung, adresszeile 3, stockwerk',
    address: 'adresse, anschrift, postadresse, postanschrift, wohnadresse',
    city: 'ort, stadt, wohnort, ortsname, gemeinde',
    region: 'bundesland, kanton, region, landkreis, staat?',
    postalCode: 'plz, postleitzahl, postleit zahl',
    country:
      'land region, land?, landercode, landerkennzeichen, lkz, laenderkennzeichen, laendercode, landname, staat?, land iso, lander code, landesname, wohnland',
    time:
      'bestelldatum, datum, kaufdatum, auftragsdatum, rechnungsdatum, erstellt am, erstellt, angelegt am, zeitpunkt, ' +
      'zeitstempel, uhrzeit, bezahlt am, zahlungsdatum, belegdatum, datum uhrzeit, eingegangen am, buchungsdatum, erstellungsdatum',
    amount:
      'gesamtbetrag, gesamtsumme, bestellsumme, bestellwert, gesamt, betrag, summe, rechnungsbetrag, endbetrag, ' +
      'bruttobetrag, nettobetrag, gesamtpreis, brutto, umsatz, preis, warenwert, auftragswert, zahlbetrag, zwischensumme, wert, netto',
    aggregate:
      'anzahl bestellungen, anzahl auftrage, anzahl kaufe, umsatz gesamt, gesamtumsatz, kundenwert, jahresumsatz, lebenszeitwert, durchschnittlicher bestellwert',
    currency: 'wahrung, waehrung, wahrungscode',
    status: 'bestellstatus, auftragsstatus, zahlungsstatus, zahlstatus, versandstatus',
    cancelledAt: 'storniert am, storno, stornodatum, stornierungsdatum, storniert',
    refunded: 'erstattet, erstattungsbetrag, erstatteter betrag, ruckerstattung, gutschrift, erstattung',
    test: 'testbestellung',
    itemName: 'artikel, artikelname, artikelbezeichnung, produkt, produktname, bezeichnung, produktbezeichnung',
    itemSku: 'artikelnummer, artikelnr, artikel nr, artnr, art nr, produktnummer, produkt nr',
    itemQuantity: 'menge, anzahl, stuckzahl, stuck',
    itemPrice: 'einzelpreis, stuckpreis, artikelpreis, preis pro stuck',
  },
  addresses: {
    default: 'standard, haupt, melde',
    mailing: 'post, wohn',
    billing: 'rechnung, rechnungs, fakturierung',
    home: 'privat, private, zuhause',
    shipping: 'liefer, lieferung, versand',
    work: 'geschaftlich, geschaeftlich, dienstlich, beruflich, arbeit, buro, geschaft',
    other: 'weitere, weiterer, weiteres, andere, alternativ, alternative, zweite, zusatzliche, zweit, sonstige',
  },
  people: {
    customer: 'kunde, kunden, kundin, kd, debitor, debitoren, besteller, kaufer',
    contact: 'kontakt, ansprechperson',
    user: 'benutzer, nutzer, anwender',
    member: 'mitglied, mitglieds, mitglieder, mitgliedschaft, kundenkarte, kundenkarten, treuekarte',
    subscriber: 'abonnent, abonnenten, empfanger',
    person: 'person, personen, teilnehmer',
    lead: 'interessent, interessenten',
    record: 'datensatz',
  },
  ids: 'nummer, nr, kennung, schlussel, kennzeichen, kennziffer, identnummer, no',
  orders:
    'bestell, bestellung, bestellungs, auftrag, auftrags, rechnung, rechnungs, beleg, belegs, buchung, buchungs, kauf, ' +
    'transaktion, transaktions, vorgang, vorgangs, zahlung, zahlungs',
  others:
    'betreuer, besitzer, inhaber, verantwortlich, verantwortlicher, zustandig, bearbeiter, sachbearbeiter, erstellt von, ' +
    'angelegt von, geandert von, bearbeitet von, zugewiesen an, zugewiesen, kundenbetreuer, firma, firmen, unternehmen, ' +
    'unternehmens, organisation, konto, verein, arbeitgeber, mandant, filiale, lieferant, verkaufer, vertreter, berater, ' +
    'vermittler, empfohlen von, werber, geworben von, eltern, vater, mutter, ehepartner, partner, erziehungsberechtigter, ' +
    'kampagne, kampagnen, liste, listen, gruppe, gruppen, gerat, gerate, produkt, artikel, mitarbeiter, personalnummer, personal nr, ' +
    'abteilung, steuer, ust, umsatzsteuer, bank, karte, kreditkarte, gutschein, sendung, sendungs, faxnummer, telefax, ' +
    'webseite, rezept, vertrag, vertrags, versicherung, versicherungs, haushalt, haushalts, notfall, notfallkontakt',
  fillers:
    'der, die, das, des, dem, und, u, oder, von, vom, zur, zum, in, im, am, ihre, ihr, ihren, bitte, aktuelle, aktuell, ' +
    'daten, angaben, feld, pflichtfeld, optional, gultig, hauptsachlich, intern, extern, interne, externe, eigene, eur, ' +
    'euro, inkl, incl, mwst, zeile, text',
};
