import { type ChdbQueryStream, Session } from 'chdb';
import { exception } from './errors.ts';
import { literal } from './statement.ts';

/** Of ClickHouse: https://clickhouse.com/docs/operations/settings/settings#max_query_size */
const MAX_QUERY_SIZE = '262144';
const MAX_IDLE = 16;

/** What a statement runs with. */
export interface Context {
  database: string;
  params: ReadonlyMap<string, string>;
  settings: ReadonlyMap<string, string>;
}

/** A connection to the engine: settings, parameters, the database and temporary tables are its own. */
export class Connection {
  private readonly session: Session;
  private readonly set = new Set<string>();
  private readonly params = new Set<string>();

  constructor(path: string) {
    this.session = new Session(path);
  }

  /** A parameter cannot be unset: a statement that misses one must not find that of an earlier statement. */
  suits(query: string, { params }: Context): boolean {
    return [...this.params].every((name) => params.has(name) || !query.includes(`{${name}:`));
  }

  async prepare({ database, params, settings }: Context): Promise<void> {
    await this.session.queryAsync('SET max_query_size = 100000000');
    const former = [...this.set].filter((name) => !settings.has(name)).map((name) => `SET ${name} = DEFAULT`);
    const values = [...params].map(([name, value]) => `SET param_${checked(name)} = ${literal(value)}`);
    const wanted = [...settings].map(([name, value]) => `SET ${checked(name)} = ${literal(value)}`);
    if (!settings.has('max_query_size')) wanted.push(`SET max_query_size = ${MAX_QUERY_SIZE}`);
    for (const name of settings.keys()) this.set.add(name);
    for (const name of params.keys()) this.params.add(name);
    await this.session.queryAsync([`USE \`${database}\``, ...former, ...values, ...wanted].join('; '));
  }

  async run(query: string, format: string): Promise<Uint8Array> {
    return (await this.session.queryAsync(query, { format })).bytes();
  }

  stream(query: string, format: string): ChdbQueryStream {
    return this.session.queryStream(query, { format });
  }

  close(): void {
    this.session.close();
  }
}

function checked(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name;
  throw exception(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'`);
}

/** A session of the HTTP interface: one query at a time, ended after a while without one. */
interface HttpSession {
  connection: Connection;
  busy: boolean;
  timer?: NodeJS.Timeout;
}

/** Lends connections: one to each request, the same one to all requests of a session. */
export class Engine {
  private readonly path: string;
  private readonly idle: Connection[] = [];
  private readonly sessions = new Map<string, HttpSession>();

  constructor(path: string) {
    this.path = path;
  }

  async lend<T>(query: string, context: Context, work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.take(query, context);
    let clean = false;
    try {
      await connection.prepare(context);
      const result = await work(connection);
      // a connection that only reads could not be given other settings
      clean = !context.settings.has('readonly');
      return result;
    } finally {
      if (clean && this.idle.length < MAX_IDLE) this.idle.push(connection);
      else connection.close();
    }
  }

  /** https://clickhouse.com/docs/interfaces/http#using-clickhouse-sessions-in-the-http-protocol */
  async inSession<T>(
    { id, check, timeoutSeconds }: { id: string; check: boolean; timeoutSeconds: number },
    context: Context,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    let session = this.sessions.get(id);
    if (!session && check) throw exception(372, 'SESSION_NOT_FOUND', `Session ${id} not found`);
    if (session?.busy) throw exception(373, 'SESSION_IS_LOCKED', `Session ${id} is locked by a concurrent client`);
    session ??= { connection: new Connection(this.path), busy: false };
    this.sessions.set(id, session);
    clearTimeout(session.timer);
    session.busy = true;
    try {
      await session.connection.prepare(context);
      return await work(session.connection);
    } finally {
      session.busy = false;
      session.timer = setTimeout(() => this.end(id), timeoutSeconds * 1000);
    }
  }

  close(): void {
    for (const id of this.sessions.keys()) this.end(id);
    for (const connection of this.idle.splice(0)) connection.close();
  }

  private end(id: string): void {
    const session = this.sessions.get(id);
    clearTimeout(session?.timer);
    session?.connection.close();
    this.sessions.delete(id);
  }

  private take(query: string, context: Context): Connection {
    const found = this.idle.findIndex((connection) => connection.suits(query, context));
    return found < 0 ? new Connection(this.path) : this.idle.splice(found, 1)[0]!;
  }
}
