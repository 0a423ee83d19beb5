import type { IdentityInput, KeyResult } from '../src/identity/types.ts';
import type { ErrorTable } from './errors.ts';

/**
 * The contract between Reach and a place that takes audiences. A connector is data (the definition) plus a few
 * functions; batching, retries, the ledger, outcomes and logs are the engine's. See docs/writing-a-connector.md.
 */
export interface DestinationDefinition<Settings extends object = object, Options extends object = object> {
  /** Unique, lower-case, used in URLs and tables: `facebook`. */
  type: string;
  title: string;
  /** One sentence for people who choose. */
  summary: string;
  /** class-validator class of a connection's settings; mark credentials with `@Secret()`. */
  settings: ClassOf<Settings>;
  /** class-validator class of a delivery's options. */
  options: ClassOf<Options>;
  capabilities: Capabilities;
  /** Every vendor code we know. Looked up by the connector; shown in docs; tested as data. */
  errors: ErrorTable;
  /** Pure. Called once a segment; the function it returns is called once a member. */
  encoder(context: EncodeContext<Options>): (member: Member) => Encoded;
  /**
   * Regular expression (RE2 syntax, without capturing groups) that finds in the JSON of a wire the identifiers of which one
   * alone names a person, such as `"email":"[^"]+"`. Needed where they are sent in a form that makes two of Reach's
   * identifiers one, as Gmail addresses with and without dots: who leaves then takes nobody along who shares one.
   */
  identifiers?: string;
  /**
   * What a removal of `wire` may name while the member is there as `kept` too: its identifiers that `kept` does not have.
   * Null: there are none. Absent: all of `wire`, unless both are the same. Pure.
   */
  remainder?(wire: Json, kept: Json): WirePart | null;
  /**
   * The options that a request carries beside its members. When they change, a run sends all members again.
   * Absent: all options.
   */
  sentBeside?(options: Options): Json;
  /** What is wrong with options that only the whole delivery shows, by the path of each within them. */
  optionFaults?(options: Options, delivery: { isSplit: boolean }): { path: string; message: string }[];
  /** Names of attributes that these options need beside the delivery's own, such as the value of a person. */
  attributesOf?(options: Options): string[];
  /**
   * Days after which the platform forgets a member that is not sent again, by these options; members are sent again before
   * that. Absent: `capabilities.membershipDays`, or never.
   */
  membershipDays?(options: Options): number | undefined;
  /** Whether these options keep a split delivery in one remote audience, where each member's persona is told. */
  joinsPersonas?(options: Options): boolean;
  /**
   * Whether these options name a remote audience that was there before, and may hold people who are none of ours. Nothing but
   * a full resync replaces it.
   */
  adopts?(options: Options): boolean;
  /** Present when connections can log in with a key pair that Reach makes. */
  keyPair?: KeyPairDeclaration<Settings>;
  /** Opens a connection. It may be long-lived; `close` ends every socket. */
  open(settings: Settings, environment: ConnectorEnvironment): Promise<Destination<Options>>;
}

export type ClassOf<T> = new () => T;

export type DeliveryMode = 'mirror' | 'add-only' | 'remove-only' | 'changes';
/** How a connection gets a key pair of its own. The private half becomes a sealed setting that nobody is shown. */
export interface KeyPairDeclaration<Settings extends object = object> {
  /** Settings that ask for a pair, e.g. `{ auth: 'generated' }`. */
  asked: Partial<Settings>;
  /** The `@Secret()` setting that takes the private half. */
  setting: keyof Settings & string;
  /** Kinds of key, the usual one first. */
  kinds: string[];
  /** @param comment stands at the end of the public half, for whoever installs it */
  make(kind: string, comment: string): Promise<KeyPair>;
}

export interface KeyPair {
  privateKey: string;
  /** One line, as the other side installs it: `ssh-ed25519 AAAA… comment`. */
  publicKey: string;
  /** `SHA256:…` of the public half. */
  fingerprint: string;
}

/** How members are represented: `hashed` digests, `plain` identifiers, `referenced` by external id only. */
export type Representation = 'hashed' | 'plain' | 'referenced';

/** What the destination can do and how much of it. The engine obeys these; no other place knows them. */
export interface Capabilities {
  modes: DeliveryMode[];
  representations: Representation[];
  /** The names accepted in a delivery's `matchKeys`, in order of preference. */
  matchKeys: string[];
  /** Keys used when a delivery names none. */
  defaultMatchKeys: string[];
  /** Most units of weight in one batch (see `Encoded.weight`). */
  batchSize: number;
  /** Fewer members than this cannot be used by the platform. */
  memberFloor: number;
  /** Most audiences one connection can hold. */
  audienceCap?: number;
  /**
   * `diff`: adds and removes are sent as such. `snapshot`: a file that holds the whole segment replaces the last one;
   * the engine then sends every member in `add` batches, and a restart begins again at batch 1.
   */
  mirrorBy: 'diff' | 'snapshot';
  /** True when acceptance and confirmation are apart in time; false when `finish` itself proves arrival. */
  confirmsLater: boolean;
  /** True when a batch that was accepted may still come to nothing: an upload that ends before its `finish` is done again. */
  mayFailLater?: boolean;
  /** How a persona's attributes travel: on the remote list's description, or as columns and a manifest. */
  carriesAttributes: 'description' | 'columns';
  /** Set when the destination has `replace`. */
  replacing?: {
    /** Most units of weight that one replacement can bring in the time the platform gives it; no limit when absent. */
    mostWeight?: number;
    /** True: replace wherever that takes fewer batches than the difference. False: only when a resync is asked for. */
    whenCheaper: boolean;
    /**
     * True: `replace` only adds, and `sweep` takes the others out once everyone has arrived. Whom we know to have left is
     * removed as in any run. False: the members brought take the place of all others at once.
     */
    sweeps: boolean;
  };
  /** True when the destination has `erase`. */
  erasing?: boolean;
  /** True when the destination has `rehearse`, which people are then offered. */
  rehearsing?: boolean;
  /** Longest membership in days before the platform forgets a member. */
  membershipDays?: number;
  /** First question for confirmation, seconds after the upload; then × `factor` up to `maxSeconds`, given up after `giveUpSeconds`. */
  confirmation: { firstSeconds: number; factor: number; maxSeconds: number; giveUpSeconds: number };
}

/** A persona's (or the whole audience's) piece of a delivery, with what creative needs to know. */
export interface Segment {
  /** Persona key, or `all` without a split. Stable for life. */
  key: string;
  /**
   * Unique among all deliveries and stable for life, e.g. delivery id and key. Connectors mark remote audiences with it,
   * so that a crash between creating one and recording it does not create a second.
   */
  id?: string;
  /** The remote name, already rendered from the delivery's template. */
  name: string;
  /** What travels on the remote list, already rendered; connectors cut it to the platform's length. */
  description: string;
  brief: SegmentBrief;
  /** What the brief's `creativeIds` stand for, as it was when the run was planned; absent when the delivery attaches none. */
  creatives?: SegmentCreative[];
  /** The personas that share this segment, where the destination joins them (see `joinsPersonas`); each member names its own. */
  personas?: Pick<Segment, 'brief' | 'creatives'>[];
}

/** A creative as it travels with a segment, best first. Published in docs/brief.schema.json. */
export interface SegmentCreative {
  id: string;
  /** Counts its changes: the same id and revision always stand for the same content. */
  revision: number;
  name: string;
  headline: string;
  body?: string;
  /** https; never fetched by Reach. */
  imageUrl?: string;
  callToAction?: string;
  linkUrl?: string;
  /** Why it goes to this segment, in plain words, one a rule. */
  reasons: string[];
}

/** What travels with a segment so that creative can be matched to it. Published as docs/brief.schema.json. */
export interface SegmentBrief {
  personaKey: string;
  personaName: string;
  summary: string;
  color: string;
  size: number;
  share: number;
  salientTraits: { trait: string; statement: string; lift: number }[];
  tone?: string;
  offer?: string;
  messages?: string[];
  creativeIds?: string[];
}

export interface EncodeContext<Options extends object> {
  options: Options;
  matchKeys: string[];
  /** Names in `Member.attributes`, in the order of the file's columns. */
  attributes: string[];
  /** ISO 3166-1 alpha-2; the country of contacts that name none. */
  defaultCountry?: string;
  /** What the delivery chose of the capabilities' representations; the first of them when absent. */
  representation?: Representation;
  segment: Segment;
}

export type AttributeValue = string | number | boolean | null;

export interface Member {
  contactId: string;
  identity: IdentityInput;
  /** Key of the member's persona, in a segment that several personas share. */
  persona?: string;
  /** Persona attributes and traits to attach. */
  attributes: Record<string, AttributeValue>;
}

/** A member in the platform's form. `wire` is kept in the ledger as it is and replayed on removal, so it is plain JSON. */
export interface Encoded {
  contactId: string;
  /** Null: nothing usable; the member is not sent and its verdict is `invalid`. */
  wire: Json | null;
  /** What it costs of a batch: rows for Facebook, 1 elsewhere. */
  weight: number;
  /** Every identifier looked at, with its verdict. */
  keys: KeyResult[];
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Part of a member's wire form, and what it costs of a batch. */
export interface WirePart {
  wire: Json;
  weight: number;
}

/** The remote list or folder bound to a segment for life. */
export interface RemoteAudience {
  id: string;
  name: string;
  /** Where a person can look at it, if there is such a page. */
  url?: string;
  /** Days after which this very audience forgets a member; absent where the platform keeps members or does not say. */
  membershipDays?: number;
}

/** What the delivery is called, for file names and manifests. */
export interface DeliveryRef {
  id: string;
  /** Names, as people gave them. */
  account: string;
  audience: string;
  /** A mirror by snapshot is a full file; add-only is a file of the adds. */
  mode: DeliveryMode;
}

/** One way of one segment of one run: everything that several batches share. */
export interface Upload<Options extends object = object> {
  /** Stable across restarts: the same id means the same upload. */
  id: string;
  runId: string;
  delivery: DeliveryRef;
  options: Options;
  audience: RemoteAudience;
  segment: Segment;
  matchKeys: string[];
  attributes: string[];
  /** As in the encoder's context. */
  representation?: Representation;
  direction: 'add' | 'remove';
  /** A positive integer below 2^53, unique to the upload, the same after a restart. */
  sessionId: number;
  /** Members planned; some may turn out invalid. */
  estimatedTotal: number;
  startedAt: Date;
  consent: { adUserData: ConsentState; adPersonalization: ConsentState };
}

export type ConsentState = 'granted' | 'denied' | 'unspecified';

export interface Batch<Options extends object = object> {
  upload: Upload<Options>;
  /** From 1. */
  seq: number;
  last: boolean;
  /** The same key always stands for the same bytes. */
  idempotencyKey: string;
  /** True after a restart, of a batch that was sent before and whose answer is not known. */
  mayHaveArrived?: boolean;
  members: EncodedMember[];
}

export type EncodedMember = Encoded & { wire: Json };

/** What the platform said of one contact of a batch. */
export interface MemberOutcome {
  contactId: string;
  verdict: 'accepted' | 'rejected' | 'unattributed';
  /** Vendor code or ours; required unless accepted. */
  code?: string;
  /** Plain words, no identifiers. */
  text?: string;
}

/** What came back for a batch or a finish. */
export interface Receipt {
  /** Exactly one a contact of the batch; the engine turns a missing one into `unattributed`. Empty for `finish`. */
  outcomes: MemberOutcome[];
  /** The vendor's own id of the request, for support cases. */
  vendorRequestId?: string;
  /** Entries the vendor called invalid without saying which. */
  unattributedRejects: number;
  warnings: string[];
  /** Kept by the engine and given back to `confirm`. */
  ticket?: Json;
}

/** What the platform answers when asked later. */
export interface Confirmation {
  state: 'pending' | 'confirmed' | 'partial' | 'failed' | 'needs-person';
  /** Plain words: what the platform said. */
  detail: string;
  /** Entries the platform says it took, if it says so. */
  received?: number;
  matched?: number;
  matchRate?: string;
  /** People that the platform counts in the audience by now, all uploads together; a range where it gives one. */
  audienceSize?: { from: number; to: number };
  /** Entries it refused, by vendor reason. */
  rejects: { code: string; count: number }[];
  warnings: string[];
  /** Of `partial`: what did not take effect although it was accepted; absent where the platform does not tell. */
  shortfalls?: Shortfall[];
}

/** A ticket of which not everything took effect. The engine does it again, unless it is `entries` of an add. */
export interface Shortfall {
  /** Position in the tickets that were asked about. */
  ticket: number;
  /** How many entries were refused without being named, or `all` where nothing is known to have taken effect. */
  entries: number | 'all';
}

/** One thing that must be true for deliveries to work, checked by itself. */
export interface Prerequisite {
  /** Stable: `token`, `scopes`, `account`, `terms`, `audience-cap`, `host-key`, `write`, … */
  name: string;
  title: string;
  ok: boolean;
  /** What was found, or what to do about it. Never a secret. */
  detail: string;
  /** Page where it can be put right. */
  url?: string;
  /** Whole days for which this stays true, where the platform names an end: of a token, of an API version. */
  daysLeft?: number;
  /** How many more of what is counted fit, of `audience-cap` remote audiences; runs that need more are held. */
  room?: number;
  /** True: it could not be looked at because something else is not met. `ok` is false then, and nobody is alarmed. */
  untried?: boolean;
  /**
   * Not met until a person confirms what was found, such as the host key that a server shows: `setting` then becomes
   * `value`. Runs do not start before that.
   */
  confirm?: { setting: string; value: string };
}

/** An opened destination. Every method rejects with `DestinationError` and nothing else. */
export interface Destination<Options extends object = object> {
  /** Each prerequisite separately; changes nothing. */
  check(): Promise<Prerequisite[]>;
  /**
   * Creates the remote audience, or adopts it by `known` id, and brings name, description and membership up to date. Idempotent.
   * @param others ids of remote audiences that belong to other segments, of any delivery of the connection: never adopted
   *   because of a name. Absent with `known`
   */
  ensureAudience(
    segment: Segment,
    options: Options,
    known?: RemoteAudience,
    others?: ReadonlySet<string>,
  ): Promise<RemoteAudience>;
  add(batch: Batch<Options>): Promise<Receipt>;
  remove(batch: Batch<Options>): Promise<Receipt>;
  /** After the last batch of an upload. For files: close, verify size and digest, rename, write the manifest. */
  finish(upload: Upload<Options>): Promise<Receipt>;
  /** Asks about everything an upload left tickets for. */
  confirm(upload: Upload<Options>, tickets: Json[]): Promise<Confirmation>;
  /**
   * Full resync: takes the place of `add` for every batch of an upload that brings the whole segment, with at least one
   * member. When the upload is finished, confirmed and swept, the remote audience holds these members and nobody else.
   */
  replace?(batch: Batch<Options>): Promise<Receipt>;
  /**
   * Second half of a resync, where `replace` leaves one: after `confirm` answered `confirmed`, takes out everyone whom
   * the upload did not bring. A receipt without a ticket needs no confirmation.
   * @param tickets of every batch and of `finish`
   * @throws DestinationError `config`, having removed nobody, unless the platform took every entry
   */
  sweep?(upload: Upload<Options>, tickets: Json[]): Promise<Receipt>;
  /**
   * Takes people out of every audience that the connection can change, whoever made it. Pass each contact in every form
   * it was sent (the ledger's) and as encoded today, at most a batch's weight; can be repeated. Answers one outcome a
   * contact. A ticket may be given to `confirm` beside any upload of the connection.
   */
  erase?(members: EncodedMember[]): Promise<Receipt>;
  /** Dry run: what the platform says of a batch that it is told not to take. The outcomes are those of `add`. */
  rehearse?(batch: Batch<Options>): Promise<Receipt>;
  /** Sends one message that is no batch, such as a score as it is made. The same id always stands for the same body. */
  post?(message: { id: string; body: Json }): Promise<void>;
  close(): Promise<void>;
}

/** What a connector may use of the outside world. It reads no environment and keeps no global state. */
export interface ConnectorEnvironment {
  /** Platform addresses and API versions from the settings, by setting name, e.g. `REACH_FACEBOOK_URL`. */
  addresses: Record<string, string>;
  now(): Date;
  /** Aborted when the run is cancelled or the process stops: every call in flight must end. */
  signal: AbortSignal;
  /** Records a vendor call for the evidence log; identifiers reduced to hash prefixes. */
  record(call: VendorCall): void;
  /** Refuses private and loopback addresses unless settings allow them. @throws DestinationError `config` */
  assertHostAllowed(host: string): Promise<void>;
  /** Tells that the platform wants the whole connection left alone, though the call went well: usage near its limit. */
  rest?(seconds: number, because: string): void;
  /**
   * Counts a call among those that every process of the installation makes under a name, kept over restarts.
   * @returns 0 when the allowance has room and the call is counted, else milliseconds until it may be asked again.
   * Absent: each process counts for itself.
   */
  quota?(name: string, allowance: Allowance): Promise<number>;
}

/** Calls that may start in any minute and in any day. */
export interface Allowance {
  perMinute: number;
  /** No limit when absent. */
  perDay?: number;
}

export interface VendorCall {
  at: Date;
  method: string;
  /** Without query, without credentials. */
  target: string;
  status: number | string;
  milliseconds: number;
  vendorRequestId?: string;
  code?: string;
}

/** Whether a segment is better replaced than changed: it fits, and takes fewer batches. All numbers are units of weight. */
export function replacementPays(
  { replacing, batchSize }: Pick<Capabilities, 'replacing' | 'batchSize'>,
  { adds, removes, whole }: { adds: number; removes: number; whole: number },
): boolean {
  if (!replacing?.whenCheaper || whole === 0 || whole > (replacing.mostWeight ?? Number.POSITIVE_INFINITY))
    return false;
  const batches = (weight: number) => Math.ceil(weight / batchSize);
  return removes > 0 && batches(whole) < batches(adds) + batches(removes);
}
