import type { Language } from './language.ts';

export const ENGLISH: Language = {
  meanings: {
    email:
      'email, email address, e mail, mail address, email id, email value, electronic mail, emails, email addresses, ' +
      'mail?, login!?, username!?, user name!?',
    phone:
      'phone, phone number, telephone, telephone number, mobile, mobile phone, mobile number, cell, cell phone, ' +
      'cellular, cell number, phones, phone numbers, msisdn, contact number, whatsapp, whatsapp number, tel, tel no, ' +
      'phone value, landline, phone with country code, phone number with country code, ' +
      'mobile number with country code,  sms!?, home!?, work!?, office!?',
    mobileAdId:
      'madid, maid, mobile ad id, mobile advertiser id, mobile advertising id, advertising id, idfa, gaid, aaid, adid, ' +
      'mobile device id, mobile id, device ad id, mobile advertisement id',
    firstName:
      'first name, given name, forename, fname, fn, christian name, name first, names first, first names, ' +
      'given names, first!, given!',
    lastName:
      'last name, surname, family name, lname, ln, second name, name last, last names, surnames, last!, family!',
    fullName:
      'last name first name, last first name, first last, last first, full name, complete name, person name, name full, first and last name, first last name, display name',
    name: 'name',
    gender: 'gender, sex, gen, salutation?, title?, name prefix?, prefix?, honorific?',
    birthDate: 'birth date, date of birth, birthday, dob, birth day, born, born on, bday, date birth',
    birthYear: 'birth year, year of birth, year born, doby, yob',
    age: 'age, age in years, age years',
    street:
      'street, street address, address line 1, address line, address 1, line 1, street 1, street line 1, street name, ' +
      'address street, addr 1, addr line 1, addr',
    houseNumber: 'house number, house no, street number, street no, building number, house nr',
    addressLine2:
      'address line 2, address 2, line 2, street 2, street line 2, addr 2, address line 3, address 3, street 3, ' +
      'apartment, apt, suite, unit, extended address, apartment number, address extra, apt suite',
    address:
      'address, full address, postal address, street address full, complete address, formatted address, address formatted',
    city: 'city, town, city town, town city, locality, city name, municipality, suburb, ct?',
    region:
      'state, state code, province, province code, region, region code, state province, state region, county, ' +
      'state name, administrative area, st?',
    postalCode:
      'zip, zip code, postal code, postcode, post code, zip postal code, postal zip code, zip postal, postal zip, ' +
      'postal, zip 5',
    country:
      'country, country code, country name, country region, country iso, iso country, iso country code, nation, ' +
      'country of residence, country iso code, country iso 2, cc?',
    time:
      'created at, created, created on, created date, date created, creation date, placed at, placed on, date, ' +
      'date time, timestamp, time, on, at, paid at, processed at, paid, paid on, payment date, completed at, completed date',
    amount:
      'total, grand total, total price, total amount, amount, amount paid, paid amount, value, net amount, ' +
      'gross amount, gross, total incl vat, total inc vat, total incl tax, total inc tax, revenue, price, net total, ' +
      'total value, total paid, converted amount, sum, subtotal, subtotal amount, total net, total gross',
    aggregate:
      'total spent, total spend, total revenue, total orders, lifetime value, ltv, clv, amount spent, total sales, ' +
      'average order value, aov, lifetime revenue, annual revenue, total order value, money spent, spent',
    currency: 'currency, currency code, presentment currency, converted currency',
    status: 'status, financial status, payment status, state of payment, fulfillment status, fulfilment status',
    cancelledAt:
      'cancelled at, canceled at, cancelled on, canceled on, cancellation date, cancelled date, canceled date, ' +
      'date cancelled, date canceled, cancelled, canceled',
    refunded:
      'refunded amount, amount refunded, refund amount, refund, refunded, total refunded, refund total, refunds, ' +
      'refunded total',
    test: 'test, is test, test mode',
    itemName:
      'line item name, lineitem name, item name, product name, product, product title, item, item title, line item',
    itemSku:
      'line item sku, lineitem sku, sku, item sku, product sku, product id, item id, product code, item code, stock code',
    itemQuantity:
      'line item quantity, lineitem quantity, quantity, qty, item quantity, units, item qty, quantity refund',
    itemPrice:
      'line item price, lineitem price, unit price, item price, price each, item cost, product price, price per unit',
  },
  addresses: {
    default: 'default, primary, main',
    mailing: 'mailing, postal, residential, residence, permanent, current',
    billing: 'billing, bill to, invoice, invoicing, bill, payment',
    home: 'home, personal, private',
    shipping: 'shipping, ship to, delivery, deliver to, ship, shipment',
    work: 'work, business, office, professional, job, corporate',
    other: 'other, alternate, alternative, alt, secondary, second, additional, another, previous, old, former',
  },
  people: {
    customer: 'customer, client, buyer, shopper, purchaser, cust, guest',
    contact: 'contact',
    user: 'user',
    member: 'member, membership, loyalty, loyalty card, loyalty member',
    subscriber: 'subscriber, subscription',
    profile: 'profile',
    person: 'person, individual, people',
    lead: 'lead, prospect',
    donor: 'donor, supporter, constituent',
    patient: 'patient',
    student: 'student',
    crm: 'crm',
    record: 'record',
  },
  ids: 'id, ids, number, no, nr, num, key, ref, reference, code, uuid, guid, uid, identifier, unique id, pk',
  orders:
    'order, ordered, purchase, purchased, transaction, invoice, checkout, receipt, sale, booking, charge, payment, txn, deal',
  others:
    'owner, contact owner, account owner, record owner, created by, created by user, modified by, updated by, ' +
    'last modified by, assigned to, assigned, assigned user, assignee, agent, sales rep, rep, representative, ' +
    'sales person, salesperson, manager, account manager, account, company, organisation, organization, org, employer, ' +
    'business name, parent, guardian, mother, father, spouse, partner, household, referrer, referred by, referral, ' +
    'invited by, sponsor, supervisor, assistant, asst, reports to, reporting to, emergency, emergency contact, ' +
    'campaign, list, audience, segment, group, device, session, browser, visit, cart, product, item, sku, store, ' +
    'shop, vendor, supplier, seller, merchant, branch, location, team, department, staff, employee, employee id, store ' +
    'location, recipient, sender, support, helpdesk, fax, ip, ip address, url, website, domain, username, user name, ' +
    'file, template, message, event, ticket, case, tax, vat, iban, bank, card, credit card, card number, passport, licence, ' +
    'license, ssn, social security, national, coupon, voucher, tracking, serial, batch, import, pipeline, stage, ' +
    'opportunity, form, page, ad, adset, creative, keyword, click',
  fillers:
    'the, of, a, an, and, or, in, for, your, my, our, their, his, her, best, valid, preferred, verified, raw, formatted, ' +
    'normalized, normalised, hashed, hash, sha, sha256, required, optional, value, data, properties, property, attributes, ' +
    'attribute, attr, traits, fields, field, custom, details, info, information, e164, intl, international, ' +
    'local, utc, gmt, iso, eur, usd, gbp, chf, full, legal, real, official, external, original, source, ext, extern, ' +
    'own, internal, system, unique, global, text, string, yyyy, mm, dd, yy, format',
};
