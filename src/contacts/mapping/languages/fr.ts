import type { Language } from './language.ts';

export const FRENCH: Language = {
  meanings: {
    email:
      'courriel, adresse email, adresse e mail, adresse mail, adresse courriel, adresse electronique, e mail, mel, ' +
      'adresse de messagerie',
    phone:
      'telephone, numero de telephone, n telephone, n de telephone, no de telephone, tel, tel portable, portable, ' +
      'mobile, telephone mobile, telephone portable, telephone fixe, fixe, gsm, numero de portable, numero mobile, tel mobile, tel fixe',
    firstName: 'prenom, prenoms',
    lastName: 'nom de famille, nom famille, nom patronymique, patronyme, nom d usage, nom usuel',
    fullName: 'nom complet, nom et prenom, nom prenom, prenom nom, prenom et nom, nom prenoms',
    name: 'nom',
    gender: 'sexe, genre, civilite',
    birthDate: 'date de naissance, date naissance, naissance, ne le, nee le, anniversaire, date d anniversaire',
    birthYear: 'annee de naissance, annee naissance',
    age: 'age',
    street:
      'rue, voie, adresse 1, adresse ligne 1, ligne d adresse 1, adresse rue, numero et rue, n et rue, no et rue, libelle voie',
    houseNumber: 'numero de rue, numero de voie, n de rue, n voie, numero rue',
    addressLine2:
      'complement d adresse, complement adresse, complement, adresse 2, adresse ligne 2, ligne d adresse 2, appartement, ' +
      'batiment, adresse 3, etage, adresse complement',
    address: 'adresse, adresse complete, adresse postale',
    city: 'ville, commune, localite',
    region: 'region, departement, province, canton, etat?',
    postalCode: 'code postal, cp?, codepostal, code postale',
    country: 'pays, pays region, code pays, pays de residence, pays code',
    time:
      'date de commande, date commande, date, date d achat, date de la commande, cree le, creee le, date de creation, ' +
      'date creation, horodatage, date de paiement, date de facture, date facture, date et heure, heure, date de transaction',
    amount:
      'montant total, montant, total, total ttc, montant ttc, total commande, prix total, valeur, total ht, montant ht, ' +
      'prix, chiffre d affaires, ca, montant paye, total paye, sous total',
    aggregate: 'total depense, total des achats, ca total, panier moyen, total depenses, montant total depense',
    currency: 'devise, code devise, monnaie',
    status:
      'statut, etat, statut de paiement, statut commande, etat de la commande, statut de la commande, etat commande',
    cancelledAt: 'annule le, annulee le, date d annulation, date annulation, annule, annulee',
    refunded: 'rembourse, montant rembourse, remboursement, total rembourse',
    test: 'commande test',
    itemName: 'produit, nom du produit, nom produit, article, nom de l article, designation, libelle',
    itemSku: 'reference produit, ref produit, reference article, code produit, code article, ref article',
    itemQuantity: 'quantite, qte',
    itemPrice: 'prix unitaire, prix unitaire ttc, prix unitaire ht, prix article',
  },
  addresses: {
    default: 'par defaut, defaut, principal, principale',
    mailing: 'postale, postal, courrier',
    billing: 'facturation, de facturation, facture',
    home: 'domicile, personnel, personnelle, perso, prive, privee',
    shipping: 'livraison, de livraison, expedition',
    work: 'professionnel, professionnelle, pro, bureau, travail',
    other: 'autre, secondaire, second, deuxieme, alternatif, alternative',
  },
  people: {
    customer: 'client, clients, cliente, acheteur',
    contact: 'contact',
    user: 'utilisateur',
    member: 'membre, adherent, carte de fidelite, carte fidelite',
    subscriber: 'abonne, abonnee, inscrit',
    person: 'personne, participant',
    lead: 'prospect',
    donor: 'donateur',
    record: 'fiche, enregistrement',
  },
  ids: 'numero, n, no, identifiant, code, reference, ref, num, matricule, cle',
  orders: 'commande, achat, facture, transaction, vente, reservation, paiement, ticket de caisse',
  others:
    'proprietaire, responsable, commercial, vendeur, gestionnaire, conseiller, cree par, creee par, modifie par, ' +
    'modifiee par, attribue a, assigne a, societe, entreprise, compte, organisation, employeur, magasin, boutique, ' +
    'fournisseur, parrain, parraine par, parent, parents, mere, pere, conjoint, tuteur, campagne, liste, groupe, appareil, ' +
    'produit, article, employe, salarie, siret, siren, tva, banque, carte, carte bancaire, bon, colis, suivi, site web, ' +
    'site, telecopie, fax, foyer, urgence, contact d urgence, agence',
  fillers:
    'le, la, les, l, de, du, des, d, et, ou, a, au, votre, mon, ma, son, sa, en, pour, valide, obligatoire, facultatif, ' +
    'donnees, champ, info, infos, eur, euros, ttc, ht, interne, externe',
};
