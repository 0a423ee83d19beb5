import type {
  Batch,
  ConnectorEnvironment,
  ConnectorKit,
  Destination,
  DestinationDefinition,
  MemberOutcome,
  Receipt,
  RemoteAudience,
  Segment,
} from 'reach/connector';

/**
 * A complete connector for "Mailing List", a made-up service that keeps lists of people by the SHA-256 of their e-mail
 * address. Its API: GET /me; POST /lists; POST /lists/{id}/add and /remove, which answer the positions they refused.
 */
export default function mailingList(kit: ConnectorKit): DestinationDefinition<Settings, Options> {
  const { Label, Secret, rules } = kit;

  kit.declareFields(Settings, {
    url: [Label('Address of the service'), rules.Matches(kit.RECEIVER_URL)],
    token: [Label('Token'), Secret(), rules.Length(8, 200)],
  });
  kit.declareFields(Options, {
    language: [Label('Language of the list'), rules.IsOptional(), rules.IsIn(['de', 'en', 'fr'])],
  });

  const errors = kit.httpErrors([
    { vendor: '404', code: 'audience-missing', text: 'The list was deleted in Mailing List.' },
    { vendor: '402', code: 'policy', text: 'The plan is used up. Upgrade it in Mailing List.' },
  ]);

  return {
    type: 'mailing-list',
    title: 'Mailing List',
    summary: 'Lists of people by the digest of their e-mail address.',
    settings: Settings,
    options: Options,
    errors,
    encoder: (context) => kit.encoder(context),
    identifiers: kit.WIRE_IDENTIFIERS,
    open: async (settings, environment) => new MailingList(kit, errors, settings, environment),
    capabilities: {
      modes: ['mirror', 'add-only', 'remove-only'],
      representations: ['hashed'],
      matchKeys: ['EMAIL'],
      defaultMatchKeys: ['EMAIL'],
      batchSize: 500,
      memberFloor: 0,
      mirrorBy: 'diff',
      confirmsLater: false,
      carriesAttributes: 'description',
      confirmation: { firstSeconds: 0, factor: 2, maxSeconds: 60, giveUpSeconds: 300 },
    },
  };
}

/** A connection: one account of the service. */
export class Settings {
  url!: string;
  token!: string;
}

/** What a delivery can choose. */
export class Options {
  language?: string;
}

class MailingList implements Destination<Options> {
  private readonly client: InstanceType<ConnectorKit['HttpClient']>;

  constructor(
    private readonly kit: ConnectorKit,
    errors: DestinationDefinition['errors'],
    private readonly settings: Settings,
    private readonly environment: ConnectorEnvironment,
  ) {
    this.client = new kit.HttpClient(environment, { timeoutSeconds: 30, errors });
  }

  check() {
    const { url } = this.settings;
    return this.kit.checkReceiver(this.environment, url, 'The token is accepted', () => this.call('GET', '/me'));
  }

  /** The service answers a `reference` it knows with the list it has, so asking twice makes one list. */
  async ensureAudience(segment: Segment, { language }: Options, known?: RemoteAudience): Promise<RemoteAudience> {
    if (known?.name === segment.name) return known;
    const answer = await this.call('POST', '/lists', {
      reference: segment.id ?? segment.key,
      name: segment.name,
      note: segment.description,
      language,
    });
    return { id: known?.id ?? String((answer.json as { id: unknown }).id), name: segment.name };
  }

  add(batch: Batch<Options>) {
    return this.send(batch, 'add');
  }

  remove(batch: Batch<Options>) {
    return this.send(batch, 'remove');
  }

  async finish(): Promise<Receipt> {
    return { outcomes: [], unattributedRejects: 0, warnings: [] };
  }

  async confirm() {
    const detail = 'Mailing List answers at once.';
    return { state: 'confirmed' as const, detail, rejects: [], warnings: [] };
  }

  async close() {
    this.client.close();
  }

  private async send({ upload, members, idempotencyKey }: Batch<Options>, way: 'add' | 'remove'): Promise<Receipt> {
    if (members.length === 0) return { outcomes: [], unattributedRejects: 0, warnings: [] };
    const people = members.map((member) => this.kit.wireOf(member).keys.map(({ value }) => value));
    const path = `/lists/${encodeURIComponent(upload.audience.id)}/${way}`;
    const answer = await this.call('POST', path, { people }, { 'idempotency-key': idempotencyKey });
    const refused = new Set((answer.json as { refused?: number[] } | undefined)?.refused);
    const outcomes = members.map(({ contactId }, position): MemberOutcome => {
      if (!refused.has(position)) return { contactId, verdict: 'accepted' };
      return { contactId, verdict: 'rejected', code: 'refused', text: 'Mailing List refused this person.' };
    });
    return { outcomes, unattributedRejects: 0, warnings: [], vendorRequestId: answer.vendorRequestId };
  }

  private async call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
    const answer = await this.client.send({
      method,
      url: this.settings.url.replace(/\/$/, '') + path,
      body: body && JSON.stringify(body),
      headers: { authorization: `Bearer ${this.settings.token}`, 'content-type': 'application/json', ...headers },
    });
    return { ...answer, json: this.kit.parsed(answer.text) };
  }
}
