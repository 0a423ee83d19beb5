/**
 * The words of consent, one list a language. All are written as `wordsOf` returns them: lower case, without accents,
 * `e-mail` as `email`. Phrases are separated by commas; fillers such as `of` and `from` are left out of them.
 */
interface ConsentWords {
  /** In names and cells: the person does not want to be contacted. */
  denials: string;
  /** Denials where the values fit, other things where they do not: `Bounced: 12`, `Blocked: shipping`. */
  weakDenials: string;
  /** In names: a true value means that the person agreed. */
  grants: string;
  /** Consents where every value fits, other things where one does not: `Newsletter: weekly`. */
  weakGrants: string;
  /** In names, beside a consent: it does not hold, or holds no more: `Opt-in expired`. */
  undone: string;
  /** In names, beside a consent: nobody can tell whether it holds: `Consent required`. */
  unclear: string;
  /** Cells that say no whatever the column is called, beside `denials`. */
  denied: string;
  /** Cells that say yes whatever the column is called: `Opted out of email: Opted in`. */
  granted: string;
  /** Cells that say yes to what the column's name says: they grant a consent and confirm an opt-out. */
  yes: string;
  /** Cells that grant a consent and are the opposite of an opt-out: `Do not allow emails: Allow`. */
  allowed: string;
  no: string;
  /** Cells that say that the person has said nothing. */
  unset: string;
  /** States of a contact that may stand beside words of consent and say nothing of it themselves. */
  activity: string;
  /** Names of columns that hold words such as subscribed, unsubscribed, cleaned. */
  status: string;
  /** Names of columns with why a person left: a filled cell hints at a denial without saying so. */
  reason: string;
  /** Parts of names that speak about something else than the person's consent. */
  other: string;
  /** Parts of names whose cells are times. */
  time: string;
  /** Parts of names that change nothing. */
  filler: string;
}

const WORDS: readonly ConsentWords[] = [
  // English
  {
    denials: `unsubscribed, unsubscribe, unsubscribes, unsubscription, unsubscriptions, unsub, unsubs, opt out, opts out,
      opt outs, opted out, opting out, do not contact, do not email, do not mail, do not call, do not phone, do not text,
      do not sms, do not fax, do not send, do not market, do not allow, do not disturb, do not sell, do not share, do not track,
      do not bulk email, do not postal mail, do not solicit, do not consent, does not consent, did not consent,
      do not agree, not consent, dont contact, dont email, dont call, no contact, no email, no emails, no mail, no call,
      no calls, no sms, no marketing, no advertising, no newsletter, no consent, not consented, without consent,
      consent withdrawn, consent withdrawal, consent revoked, consent denied, consent refused, consent declined,
      consent rejected, consent removed, withdrawn consent, withdrew consent, revoked consent, denied consent,
      refused consent, declined consent, blacklisted, blacklist, black list, blocklisted, blocklist, block list, denylist,
      suppressed, suppression, suppressions, clean time, clean date, hard bounced, hard bounce, hard bounces, hardbounced, hardbounce,
      hardbounces, sms stop, sms stopped, contact not permitted, dnm, spam complaint, spam complaints, marked spam, marked as spam, reported spam, objected,
      limited data use`,
    weakDenials: `bounced, bounce, bounces, cleaned, complained, complaint, complaints, spam, blocked, objection,
      withdrawn, revoked, not subscribed, non subscribed, nonsubscribed, undeliverable, dnc, dnd`,
    grants: `consent, consents, consented, opt in, opts in, opted in, double opt in, subscribed, accepts marketing,
      accepts email marketing, accepts sms marketing, accepts newsletter, accepts newsletters, accepts advertising,
      accepts email, accepts sms, accept marketing, accept email, accepted marketing, agreed marketing, agrees marketing,
      allows marketing, allow marketing, allow email, marketing allowed, marketing accepted, marketing permission,
      marketing permissions, email permission, email permissions, sms permission, permission email, permission contact,
      permission market, can contact, can email, may contact, may email, ok contact, okay contact, ok email,
      ad user data, ad personalization, ad personalisation`,
    weakGrants: 'newsletter, newsletters, email marketing, sms marketing, marketing, mailing list, subscriber, gdpr',
    undone: `expired, lapsed, lost, missing, lacks, lacking, cancelled, canceled, removed, ended, invalid, void, terminated,
      deleted, exclude, excluded, exclusion, disabled, disallow, decline, declines, reject, rejects, refuse, refuses,
      refusal, stopped, block, without, former, formerly, previously, ex, prohibited`,
    unclear: 'required, requires, needed, needs, requested, request, requests, pending, sent, asked',
    denied: `denied, withdrawn, revoked, refused, declined, rejected, disallowed, forbidden, stop, bounced, bounce, cleaned,
      complained, complaint, spam, blocked, undeliverable, user suppressed, not allowed, not permitted, not granted,
      not opted in, not agreed, optout, optedout, noconsent, dnc, dnd, spamcomplaint, hardbounce, hardbounced`,
    granted: `optin, optedin, subscribed, opt in, opted in, double opt in, double opted in, single opt in, confirmed opt in, consented,
      consent given, consent granted, explicit consent`,
    yes: `true, t, yes, y, 1, on, x, ✓, ✔, ☑, ✅, granted, accepted, agreed, approved, given`,
    allowed: 'allow, allowed, permitted',
    no: 'false, f, no, n, 0, off, ✗, ✘, ☐, ❌',
    unset: `never subscribed, not subscribed, non subscribed, nonsubscribed, not specified, unspecified, pending, unset,
      not set, not asked, unknown, transactional, archived, redacted, unconfirmed, not applicable, pending confirmation,
      no answer, not provided`,
    activity: 'active, inactive',
    status: 'status, state',
    reason: 'reason, reasons, cause, why',
    other: `url, link, form, page, source, method, ip, campaign, title, id, text, version, language, plan, product,
      products, box, price, amount, fee, tier, level, frequency, renewal, order, count, counts, number, total, rate,
      ratio, score, rating, times, emails, messages, clicks, note, notes, comment, comments, by, user, owner, event,
      action, activity, name, template, soft`,
    time: 'at, on, date, datetime, time, timestamp, ts, when, since, until, day',
    filler: 'is, has, have, had, been, was, were, the, of, from, to, for, all, any, a, an, me, given, via',
  },
  // German
  {
    denials: `abgemeldet, abgemeldete, abmeldung, abmeldungen, abmeldedatum, ausgetragen, austragung, abbestellt,
      abbestellung, abbestellungen, widerrufen, widerruf, widerrufe, widerrufsdatum, widersprochen, widerspruch,
      widerspruche, werbewiderspruch, werbesperre, werbesperren, werbeverbot, werbestopp, mailsperre, mailingsperre, kontaktsperre, anrufsperre, sperrliste,
      sperrvermerk, robinsonliste, keine werbung, keine email, keine emails, keine mail, keine mails, keine mailings,
      keine anrufe, keine sms, keine einwilligung, keine zustimmung, keine erlaubnis, kein einverstandnis,
      kein newsletter, kein kontakt, kein marketing, nicht kontaktieren, nicht anrufen, nicht anschreiben,
      nicht einverstanden, einwilligung entzogen, einwilligung abgelehnt, zustimmung entzogen, ohne einwilligung`,
    weakDenials: 'robinson, gesperrt, blockiert, unzustellbar, nicht angemeldet, nicht abonniert',
    grants: `einwilligung, einwilligungen, eingewilligt, einverstandnis, einverstandniserklarung, zustimmung, zugestimmt,
      erlaubnis, werbeerlaubnis, werbeeinwilligung, werbezustimmung, werbeeinverstandnis, kontakterlaubnis,
      newsletteranmeldung, marketing erlaubt, werbung erlaubt`,
    weakGrants: 'angemeldet, abonniert, einverstanden, dsgvo, werbung',
    undone: `abgelaufen, erloschen, fehlt, fehlend, fehlende, zuruckgezogen, verboten, unerwunscht, gekundigt, beendet,
      geloscht, storniert, ehemalig, ehemals, ohne, stopp, gestoppt, ausgeschlossen`,
    unclear: 'erforderlich, notig, benotigt, angefragt, ausstehend',
    denied: 'abgelehnt, verweigert, gesperrt, entzogen, blockiert, nicht erlaubt, nicht erteilt, untersagt',
    granted: 'angemeldet, abonniert, eingewilligt, zugestimmt, einwilligung erteilt',
    yes: 'ja, j, wahr, erteilt, einverstanden',
    allowed: 'erlaubt',
    no: 'nein, falsch',
    unset: 'ausstehend, unbekannt, nicht angemeldet, nicht bestatigt, unbestatigt, nicht abonniert, keine angabe',
    activity: 'aktiv, inaktiv',
    status: 'stand, anmeldestatus, newsletterstatus, abostatus',
    reason: 'grund, abmeldegrund, widerrufsgrund',
    other: 'anzahl, zahl, quelle, kampagne, notiz, bemerkung',
    time: 'datum, zeit, zeitpunkt, uhrzeit, zeitstempel, am, seit, abmeldedatum, widerrufsdatum',
    filler: 'hat, ist, wurde, vom, von, der, die, das, den, dem, zum, zur, fur, im, per',
  },
  // French
  {
    denials: `desabonne, desabonnes, desabonnee, desabonnees, desabonnement, desabonnements, desinscrit, desinscrits,
      desinscrite, desinscription, desinscriptions, ne pas contacter, ne pas appeler, ne pas envoyer, ne pas demarcher,
      ne plus contacter, consentement retire, consentement revoque, consentement refuse, retrait consentement,
      sans consentement, pas consentement, pas email, pas emails, pas mail, pas newsletter, pas publicite, oppose prospection,
      oppose publicite, liste noire, liste rouge, stop sms, stop pub, stop email, blackliste`,
    weakDenials: 'non abonne, non inscrit, opposition, bloque, rejete',
    grants: `consentement, consentements, consenti, abonne, abonnee, accepte marketing, accepte newsletter, accepte emails,
      accepte email, accepte publicite, autorisation marketing, autorisation email`,
    weakGrants: 'inscrit, inscrite, infolettre, accord, rgpd, publicite',
    undone: `expire, expiree, refus, retiree, annule, annulee, resilie, sans, interdite, ancien, manquant, supprime, perime, aucun`,
    unclear: 'requis, requise, demande, demandee',
    denied: 'refuse, refusee, revoque, retire, oppose, bloque, interdit, rejete',
    granted: 'abonne, abonnee, inscrit, inscrite, consenti, consentement donne',
    yes: 'oui, o, vrai, accepte, accorde',
    allowed: 'autorise',
    no: 'non, faux',
    unset: 'en attente, non abonne, non inscrit, inconnu, non specifie',
    activity: 'actif, active, inactif, inactive',
    status: 'statut, etat',
    reason: 'motif, raison',
    other: 'nombre, nb, campagne, lien, formulaire',
    time: 'le, heure, horodatage, depuis',
    filler: 'est, de, du, des, la, les, l, d, aux, au, pour, par',
  },
  // Spanish
  {
    denials: `dado baja, dada baja, dados baja, dadas baja, baja, bajas, desuscrito, desuscritos, desuscrita,
      desuscripcion, desuscripciones, no contactar, no llamar, no enviar, no molestar, no consiente,
      consentimiento revocado, consentimiento retirado, consentimiento denegado, sin consentimiento,
      suscripcion cancelada, lista negra, lista robinson`,
    weakDenials: 'no suscrito, no suscrita, bloqueado, rebotado',
    grants: `consentimiento, consentimientos, suscrito, suscrita, acepta marketing, acepta newsletter, acepta publicidad,
      acepta email, permiso marketing, autoriza marketing`,
    weakGrants: 'boletin, suscriptor, publicidad',
    undone: `caducado, caducada, vencido, vencida, cancelada, rechaza, rechazo, rechazada, revocada, retirada, excluido,
      prohibido, anulado, ningun`,
    unclear: 'requerido, solicitado, pendiente',
    denied: 'denegado, rechazado, revocado, retirado, bloqueado, cancelado, negado, rebotado',
    granted: 'suscrito, suscrita',
    yes: 'si, s, verdadero, aceptado, otorgado, concedido',
    allowed: 'autorizado, permitido',
    no: 'falso',
    unset: 'pendiente, no suscrito, no suscrita, desconocido, no especificado',
    activity: 'activo, activa, inactivo, inactiva',
    status: 'estado, estatus',
    reason: 'motivo, razon, causa',
    other: 'numero, fuente, origen, campana, enlace, formulario',
    time: 'fecha, hora, desde',
    filler: 'el, los, las, por, para, ha, sido',
  },
  // Italian
  {
    denials: `disiscritto, disiscritti, disiscritta, disiscritte, disiscrizione, disiscrizioni, iscrizione annullata,
      iscrizione cancellata, non contattare, non chiamare, non inviare, non acconsente, consenso revocato,
      consenso ritirato, consenso negato, revoca consenso, senza consenso, lista nera`,
    weakDenials: 'non iscritto, non iscritta, bloccato, opposizione',
    grants: `consenso, consensi, acconsente, accetta marketing, accetta newsletter, accetta pubblicita, accetta email,
      autorizzazione marketing`,
    weakGrants: 'iscritto, iscritta, abbonato, pubblicita',
    undone: `scaduto, scaduta, rifiuta, rifiuto, nega, negata, revocata, ritirata, annullato, senza, escluso, vietato, nessun`,
    unclear: 'richiesto, necessario',
    denied: 'negato, rifiutato, revocato, ritirato, bloccato, cancellato',
    granted: 'iscritto, iscritta',
    yes: 'vero, accettato, concesso',
    allowed: 'autorizzato',
    no: '',
    unset: 'in attesa, sconosciuto, non iscritto, non iscritta, non specificato',
    activity: 'attivo, attiva, inattivo, inattiva',
    status: 'stato',
    reason: '',
    other: 'fonte, campagna',
    time: 'data, ora, il, dal',
    filler: 'di, da, del, della, al, alla, dalla, ai, per',
  },
  // Dutch
  {
    denials: `uitgeschreven, uitschrijving, uitschrijvingen, uitschrijfdatum, afgemeld, afgemelde, afmelding, afmeldingen,
      niet mailen, niet bellen, niet benaderen, niet contacteren, geen toestemming, geen email, geen mail, geen mailing,
      geen nieuwsbrief, geen reclame, geen marketing, toestemming ingetrokken, toestemming geweigerd, zwarte lijst`,
    weakDenials: 'niet ingeschreven, geblokkeerd, bezwaar',
    grants: 'toestemming, toestemmingen, accepteert marketing',
    weakGrants: 'ingeschreven, aangemeld, akkoord, nieuwsbrief, avg, reclame',
    undone: 'verlopen, opgezegd, beeindigd, zonder, verboden, uitgesloten, geen, ontbreekt',
    unclear: 'vereist, nodig, gevraagd',
    denied: 'geweigerd, ingetrokken, geblokkeerd',
    granted: 'ingeschreven, aangemeld',
    yes: 'waar, akkoord, verleend',
    allowed: 'toegestaan',
    no: 'nee, onwaar',
    unset: 'in afwachting, onbekend, niet ingeschreven, niet opgegeven',
    activity: 'actief, inactief',
    status: '',
    reason: 'reden',
    other: 'bron, aantal',
    time: 'op, tijd, tijdstip, sinds, uitschrijfdatum',
    filler: 'het, van, voor, heeft, aan',
  },
  // Portuguese
  {
    denials: `descadastrado, descadastrados, descadastrada, descadastramento, descadastro, desinscrito, desinscritos,
      desinscrita, inscricao cancelada, cancelou inscricao, assinatura cancelada, nao contactar, nao contatar, nao ligar,
      nao enviar, nao perturbe, nao consente, consentimento revogado, consentimento retirado, sem consentimento`,
    weakDenials: 'nao inscrito, nao inscrita',
    grants: `consentimento, consentimentos, aceita marketing, aceita newsletter, aceita publicidade, aceita email,
      permissao marketing, autorizacao marketing`,
    weakGrants: 'inscrito, inscrita, assinante, lgpd, publicidade',
    undone: 'expirado, expirada, recusa, recusada, negada, cancelou, cancelado, sem, proibido, rejeita, nenhum',
    unclear: 'obrigatorio, pendente',
    denied: 'recusado, revogado, removido, rejeitado',
    granted: 'inscrito, inscrita',
    yes: 'sim, verdadeiro, aceito',
    allowed: 'permitido',
    no: 'nao',
    unset: 'pendente, desconhecido, nao inscrito, nao inscrita, nao especificado',
    activity: 'ativo, ativa, inativo, inativa',
    status: 'situacao',
    reason: '',
    other: 'quantidade, origem, campanha',
    time: 'em, quando',
    filler: 'do, dos, os, as, um, e, foi',
  },
];

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((phrase) => phrase.trim().replaceAll(/\s+/g, ' '))
    .filter((phrase) => phrase !== '');

/** A group of words of every language. */
export const consentWords = (group: keyof ConsentWords): ReadonlySet<string> =>
  new Set(WORDS.flatMap((language) => listed(language[group])));

const channelsOf = (channels: Record<string, string>): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(channels).flatMap(([channel, words]) => listed(words).map((word) => [word, channel] as const)),
  );

/** Channels and purposes that a name speaks about; the longest phrase counts. */
export const CHANNEL_PHRASES: ReadonlyMap<string, string> = channelsOf({
  email: `email, emails, mail, mails, newsletter, newsletters, courriel, correo, boletin, infolettre, nieuwsbrief, mailing,
    mailings, mailen, anschreiben, mailsperre, mailingsperre, newsletteranmeldung, newsletterstatus`,
  sms: 'sms, text, texts, text message, text messages, mms',
  phone: `phone, call, calls, telephone, telefon, anruf, anrufe, anrufen, anrufsperre, appeler, llamar, chiamare, bellen,
    ligar, telemarketing, telefono, telefoon, telefone, voice`,
  mail: 'direct mail, postal mail, post, postal, letter, letters, brief, courrier, postwerbung, directmail',
  whatsapp: 'whatsapp',
  push: 'push',
  fax: 'fax',
  ad_user_data: 'ad user data',
  ad_personalization: 'ad personalization, ad personalisation',
  advertising: `ad, ads, advertising, advertisement, werbung, werbesperre, werbesperren, werbewiderspruch, werbeverbot, werbestopp,
    werbeerlaubnis, werbeeinwilligung, werbezustimmung, werbeeinverstandnis, publicite, publicidad, pubblicita, reclame, publicidade,
    pub, sell, share, track, profiling, targeting, retargeting, limited data use`,
});

/** Channels of words that name none, where the name has no channel of its own. */
export const IMPLIED_CHANNELS: ReadonlyMap<string, string> = channelsOf({
  email: `subscribed, subscriber, mailing list, bounced, bounce, bounces, cleaned, clean, spam, hardbounced, hardbounce,
    undeliverable, abonniert, angemeldet, abostatus, anmeldestatus, unzustellbar, abonne, abonnee, inscrit, inscrite,
    suscrito, suscrita, suscriptor, rebotado, iscritto, iscritta, ingeschreven, aangemeld, inscrito, inscrita, assinante`,
});

/** A denial under such a name is about every channel. */
export const EVERY_CHANNEL_WORDS: ReadonlySet<string> = new Set(
  listed(`contact, kontaktieren, kontakt, kontaktsperre, contacter, contactar, contatar, contattare, contacteren, benaderen,
    blacklisted, blacklist, blocklisted, blocklist, denylist, disturb, sperrliste, sperrvermerk, robinsonliste, robinson,
    dnc, dnd, molestar, perturbe, solicit`),
);

/** Names of columns that may speak about consent in words that only a person can read. */
export const QUESTION_PHRASES: ReadonlySet<string> = new Set(
  listed(`legal basis, lawful basis, communication preference, communication preferences, contact preference,
    contact preferences, email preference, email preferences, marketing preferences, rechtsgrundlage, base legale,
    base legal, email quarantined, email address quarantined`),
);

/** What a file of people who are not to be contacted is called, beside the phrases of denial. */
export const DENIAL_FILE_PHRASES: ReadonlySet<string> = new Set(
  listed(`bounced, bounces, cleaned, complaints, complainers, spam, blocked, dnc, undeliverable, unsubscribers, gesperrt,
    gesperrte, abmelder, robinson, unzustellbar`),
);
