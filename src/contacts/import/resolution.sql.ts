/**
 * Identity resolution of staged rows, as SQL. Words of this file:
 *
 * - A row's *lead* is its first usable key; the lead's rank is the row's *level*. Rows with the same lead are one
 *   *group*, named (`derived`) by the id of the contact that the lead founds. A group has the lowest level of its rows.
 * - Each key value of a group's rows is a *link*, of the rank of its key.
 * - A *candidate* is a contact to which a link leads: one that was stored before the import, or one that a group of an
 *   earlier level was given to.
 *
 * docs/architecture.md states the rules. `resolution.spec.ts` states them once more in plain code and holds both equal.
 */

const OF_IMPORT = 'account_id = {account:String} AND import_id = {importId:String}';
const CANDIDATE = `concat('candidate-', toString({level:UInt8}))`;
const PICK = `concat('pick-', toString({level:UInt8}))`;
const OWNER = `'owner'`;

const noted = (step: string): string => `FROM import_resolution WHERE ${OF_IMPORT} AND step = ${step}`;
const note = (step: string, columns: string, select: string): string =>
  `INSERT INTO import_resolution (account_id, import_id, step, ${columns})
   SELECT {account:String}, {importId:String}, ${step}, ${columns} FROM (${select})`;
const between = (column: string): string => `${column} >= {from:String} AND ${column} < {to:String}`;

/** What was known before this import, whose own identities an earlier attempt may have written already. */
const STORED = `FROM identities WHERE account_id = {account:String} AND kind != 'external-any' AND since != {version:UInt64}`;
const UNPLACED = `contact_id NOT IN (SELECT derived ${noted(OWNER)})`;

/** Links of the groups that a condition on staged rows picks. */
const links = (where = '1'): string => `
  SELECT derived, level, rank, kind, namespace, hash
  FROM (
    SELECT contact_id AS derived, min(id_ranks[1]) OVER (PARTITION BY contact_id) AS level, id_ranks, id_kinds, id_namespaces, id_hashes
    FROM import_contacts WHERE ${OF_IMPORT} AND ${where})
  ARRAY JOIN id_ranks AS rank, id_kinds AS kind, id_namespaces AS namespace, id_hashes AS hash
  WHERE rank > 0`;

/** What groups of earlier levels, and those of this level whose lead was known, bring to the contacts they were given to. */
const PLACED = `
  SELECT if(o.owner = '', l.derived, o.owner) AS contact_id, l.kind AS kind, l.namespace AS namespace, l.hash AS hash
  FROM (${links()}) AS l LEFT JOIN (SELECT derived, contact_id AS owner ${noted(OWNER)}) AS o ON o.derived = l.derived
  WHERE l.level < {level:UInt8} OR o.owner != ''`;

/** Whether any row has two keys; and the levels of groups that have no contact yet. */
export const SHAPE = `
  SELECT max(arrayCount(x -> x > 0, id_ranks)) > 1 AS linked, arraySort(groupUniqArrayIf(id_ranks[1], ${UNPLACED})) AS levels
  FROM import_contacts WHERE ${OF_IMPORT}`;

/** Gives groups the contact that has had their lead for longest, by preference the one that it founded. */
export const NOTE_KNOWN = note(
  OWNER,
  'derived, contact_id',
  `SELECT s.derived AS derived, argMin(i.contact_id, (i.since, i.contact_id != s.derived, i.contact_id)) AS contact_id
   FROM (SELECT kind, hash, contact_id, since ${STORED} AND ${between('hash')}) AS i
   INNER JOIN (
     SELECT DISTINCT contact_id AS derived, id_kinds[1] AS kind, id_hashes[1] AS hash FROM import_contacts
     WHERE ${OF_IMPORT} AND ${between('id_hashes[1]')}) AS s
   ON i.kind = s.kind AND i.hash = s.hash
   GROUP BY s.derived`,
);

/** Notes to which contacts the links of a level's groups lead. */
export const NOTE_CANDIDATES = note(
  CANDIDATE,
  'derived, contact_id, rank, since',
  `SELECT l.derived AS derived, c.contact_id AS contact_id, min(l.rank) AS rank, min(c.since) AS since
   FROM (
     SELECT kind, hash, contact_id, since ${STORED} AND ${between('hash')}
     UNION ALL
     SELECT kind, hash, contact_id, {version:UInt64} AS since FROM (${PLACED}) WHERE ${between('hash')}) AS c
   INNER JOIN (SELECT * FROM (${links(UNPLACED)}) WHERE level = {level:UInt8} AND ${between('hash')}) AS l
   ON c.kind = l.kind AND c.hash = l.hash
   GROUP BY l.derived, c.contact_id`,
);

const CANDIDATES = `SELECT derived, contact_id, min(rank) AS rank, min(since) AS since ${noted(CANDIDATE)} AND ${between('derived')}
  GROUP BY derived, contact_id`;
const OF_CANDIDATES = (column: string): string => `SELECT ${column} ${noted(CANDIDATE)} AND ${between('derived')}`;

/** Candidates who have another value of a key that comes before the link: two people who share it. */
const CLASHES = `
  SELECT c.derived, c.contact_id FROM (${CANDIDATES}) AS c
  INNER JOIN (
    SELECT derived, kind, namespace, min(rank) AS rank, groupUniqArray(cityHash64(hash)) AS hashes
    FROM (${links(`contact_id IN (${OF_CANDIDATES('derived')})`)}) GROUP BY derived, kind, namespace) AS own
  ON own.derived = c.derived
  INNER JOIN (
    SELECT contact_id, kind, namespace, groupUniqArray(cityHash64(hash)) AS hashes
    FROM (
      SELECT contact_id, kind, namespace, hash ${STORED} UNION ALL SELECT contact_id, kind, namespace, hash FROM (${PLACED}))
    WHERE contact_id IN (${OF_CANDIDATES('contact_id')}) GROUP BY contact_id, kind, namespace) AS held
  ON held.contact_id = c.contact_id AND held.kind = own.kind AND held.namespace = own.namespace
  WHERE own.rank < c.rank AND NOT hasAny(own.hashes, held.hashes)`;

/** Each group's best candidate: by the rank of the link, then the contact that had the value for longest. */
export const NOTE_PICKS = note(
  PICK,
  'derived, contact_id, rank',
  `SELECT c.derived AS derived, argMin(c.contact_id, (c.rank, c.since, c.contact_id)) AS contact_id, min(c.rank) AS rank
   FROM (${CANDIDATES}) AS c WHERE (c.derived, c.contact_id) NOT IN (${CLASHES}) GROUP BY c.derived`,
);

/** Of groups with different leads that share a later key only one is the contact; a contact may have several leads. */
export const NOTE_OWNERS = note(
  OWNER,
  'derived, contact_id',
  `SELECT derived, contact_id ${noted(PICK)} AND rank = {level:UInt8}
   UNION ALL
   SELECT derived, contact_id ${noted(PICK)} AND rank > {level:UInt8} ORDER BY derived LIMIT 1 BY contact_id`,
);

export const MOVED = `${noted(OWNER)} AND derived != contact_id`;
