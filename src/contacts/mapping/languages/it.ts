import type { Language } from './language.ts';

export const ITALIAN: Language = {
  meanings: {
    email:
      'indirizzo email, indirizzo e mail, posta elettronica, indirizzo di posta elettronica, indirizzo mail, indirizzo di posta, e mail',
    phone:
      'telefono, numero di telefono, numero telefono, n telefono, cellulare, numero di cellulare, numero cellulare, cell, ' +
      'telefono cellulare, telefono fisso, fisso, tel, recapito telefonico, n cellulare, telefono mobile',
    firstName: 'nome di battesimo, nome proprio',
    lastName: 'cognome, cognomi',
    fullName: 'nome completo, nome e cognome, nome cognome, cognome e nome, cognome nome, nominativo',
    name: 'nome',
    gender: 'sesso, genere, titolo?',
    birthDate: 'data di nascita, data nascita, nascita, nato il, nata il, compleanno, data compleanno',
    birthYear: 'anno di nascita, anno nascita',
    age: 'eta',
    street:
      'via?, strada, via e numero, indirizzo 1, indirizzo riga 1, via e numero civico, via piazza, indirizzo via, riga indirizzo 1',
    houseNumber: 'numero civico, civico, n civico, numero di casa',
    addressLine2: 'indirizzo 2, indirizzo riga 2, interno, scala, presso, riga indirizzo 2, piano',
    address: 'indirizzo, indirizzo completo, indirizzo postale',
    city: 'citta, comune, localita, paese?',
    region: 'provincia, regione, prov, sigla provincia, stato provincia, stato?, cantone',
    postalCode: 'cap?, codice postale, codice avviamento postale, codice di avviamento postale',
    country: 'paese?, nazione, stato?, codice paese, paese di residenza, paese regione, codice nazione, nome paese',
    time:
      'data ordine, data dell ordine, data, data di acquisto, data acquisto, creato il, data di creazione, data creazione, ' +
      'data e ora, ora, data pagamento, data fattura, data di pagamento, data vendita, data transazione',
    amount:
      'totale ordine, importo totale, totale, importo, prezzo totale, valore, totale con iva, importo pagato, ' +
      'prezzo, ricavo, valore ordine, totale fattura, subtotale, totale pagato',
    aggregate: 'totale speso, spesa totale, totale acquisti, fatturato totale, valore medio, importo speso, fatturato',
    currency: 'valuta, codice valuta, divisa',
    status: 'stato ordine, stato dell ordine, stato pagamento, stato del pagamento',
    cancelledAt: 'annullato il, data annullamento, annullato, cancellato il, data di annullamento',
    refunded: 'rimborsato, importo rimborsato, rimborso, totale rimborsato',
    test: 'ordine di prova',
    itemName: 'prodotto, nome prodotto, articolo, nome articolo, nome del prodotto, descrizione articolo',
    itemSku: 'codice prodotto, codice articolo, riferimento prodotto',
    itemQuantity: 'quantita, qta, pezzi',
    itemPrice: 'prezzo unitario, prezzo articolo, prezzo cadauno',
  },
  addresses: {
    default: 'predefinito, principale',
    mailing: 'postale, residenza, di residenza',
    billing: 'fatturazione, di fatturazione, fattura',
    home: 'casa, personale, privato, abitazione, domicilio',
    shipping: 'spedizione, di spedizione, consegna, di consegna',
    work: 'lavoro, ufficio, aziendale, professionale',
    other: 'altro, altra, secondario, secondaria, secondo, alternativo, alternativa',
  },
  people: {
    customer: 'cliente, clienti, acquirente',
    contact: 'contatto',
    user: 'utente',
    member: 'membro, socio, tessera, carta fedelta, tesserato',
    subscriber: 'iscritto, abbonato',
    person: 'persona, anagrafica, partecipante',
    lead: 'potenziale cliente',
    donor: 'donatore',
    record: 'scheda',
  },
  ids: 'numero, n, no, num, codice, cod, identificativo, riferimento, rif, chiave, matricola',
  orders: 'ordine, acquisto, fattura, transazione, vendita, prenotazione, pagamento, scontrino',
  others:
    'proprietario, responsabile, commerciale, venditore, agente, referente, consulente, creato da, modificato da, ' +
    'assegnato a, azienda, societa, ditta, account, organizzazione, datore di lavoro, negozio, fornitore, presentato da, ' +
    'genitore, padre, madre, tutore, coniuge, campagna, lista, gruppo, dispositivo, prodotto, articolo, dipendente, ' +
    'partita iva, p iva, codice fiscale, fiscale, banca, carta, carta di credito, buono, coupon, sito web, sito, emergenza, filiale',
  fillers:
    'il, lo, la, le, i, gli, l, di, del, dell, della, dei, d, e, o, da, in, a, suo, tuo, per, con, valido, obbligatorio, ' +
    'facoltativo, dati, campo, eur, euro, iva, incl, interno, esterno, ed',
};
