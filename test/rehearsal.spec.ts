import { Lab, type LabDelivery } from './support/lab.ts';

interface Preview {
  segments: {
    key: string;
    counts: { adds: number; changes: number; refreshes: number; removes: number; invalid: number };
    rehearsal: {
      notRehearsed: string | null;
      sampled: number;
      accepted: number;
      rejects: { code: string; contacts: number }[];
    } | null;
  }[];
}

/** A dry run may ask the platform, which is told to take nothing. */
describe('a rehearsed dry run', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.heal());
  afterAll(() => lab.close());

  const preview = async ({ id }: LabDelivery, rehearse = true) =>
    (await lab.world.ask<Preview>('POST', `/v1/deliveries/${id}/preview`, { rehearse })).segments;
  /** Lets people change, so that there is somebody to rehearse with. */
  const change = async (from: number, to: number) => {
    const people = lab.people.slice(from, to);
    for (const person of people) person.first = `Renamed${from}`;
    await lab.bring(...people);
  };

  it('says of segments without a remote audience that they were not rehearsed, and makes none', async () => {
    const delivery = await lab.deliver('google');
    const seen = lab.world.sandbox.google.requests.length;
    for (const { counts, rehearsal } of await preview(delivery)) {
      expect(counts.adds).toBe(120);
      expect(rehearsal).toMatchObject({ sampled: 0, notRehearsed: expect.stringContaining('no remote audience yet') });
    }
    expect(lab.world.sandbox.google.requests.length).toBe(seen);
    expect(lab.rows(delivery)).toBe(0);
  });

  it('shows what Google says of a sample, changes nothing, and leaves who was refused to be sent', async () => {
    const delivery = await lab.deliver('google');
    await lab.run(delivery);
    await change(0, 20);
    const held = lab.compare(delivery).map(({ held: { emails, rows } }) => [emails.size, rows]);
    const seen = lab.world.sandbox.google.requests.length;
    const segments = await preview(delivery);
    expect(segments.map(({ counts }) => counts.changes)).toEqual([10, 10]);
    for (const { rehearsal } of segments)
      expect(rehearsal).toEqual({ notRehearsed: null, sampled: 10, accepted: 10, rejects: [], warnings: [] });
    const made = lab.world.sandbox.google.requests.slice(seen).filter(({ path }) => /audienceMembers/.test(path));
    expect(made).toHaveLength(2);
    for (const { body } of made) expect(JSON.parse(body!)).toMatchObject({ validateOnly: true });
    expect(lab.compare(delivery).map(({ held: { emails, rows } }) => [emails.size, rows])).toEqual(held);
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    await lab.expectExact(delivery);
    for (const { rehearsal } of await preview(delivery)) expect(rehearsal?.notRehearsed).toBe('Nobody would be added.');
  });

  it('tells whom Google would refuse, by reason', async () => {
    const delivery = await lab.deliver('google');
    await lab.run(delivery);
    await change(20, 40);
    const fieldViolations = [{ field: 'audience_members[3].user_data', reason: 'INVALID_SHA256_FORMAT' }];
    const details = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations }];
    const body = { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'One member is malformed.', details } };
    lab.arm(delivery, { match: { path: 'ingest', body: 'validateOnly' }, do: 'status', status: 400, body, times: 1 });
    const rehearsals = (await preview(delivery)).map(({ rehearsal }) => rehearsal);
    const refused = { code: 'INVALID_SHA256_FORMAT', text: expect.any(String), contacts: 1 };
    expect(rehearsals).toMatchObject([
      { notRehearsed: null, sampled: 10, accepted: 9, rejects: [refused] },
      { notRehearsed: null, sampled: 10, accepted: 10, rejects: [] },
    ]);
  });

  it('says that a request was refused for what is no member of it', async () => {
    const delivery = await lab.deliver('google');
    await lab.run(delivery);
    await change(100, 120);
    const code = 'INVALID_ARGUMENT.INVALID_HEX_ENCODING';
    lab.arm(delivery, { match: { path: 'ingest', body: 'validateOnly' }, do: 'error', code, times: 'always' });
    for (const { rehearsal } of await preview(delivery))
      expect(rehearsal).toMatchObject({ sampled: 0, notRehearsed: expect.stringContaining('holds no members') });
  });

  it.each(['facebook', 'sftp'] as const)('says that %s cannot judge anybody without taking them', async (type) => {
    const delivery = await lab.deliver(type);
    await lab.run(delivery);
    await change(type === 'sftp' ? 40 : 60, type === 'sftp' ? 60 : 80);
    const seen = lab.world.sandbox[type].requests.length;
    for (const { rehearsal } of await preview(delivery)) expect(rehearsal?.notRehearsed).toContain('cannot judge');
    expect(lab.world.sandbox[type].requests.length).toBe(seen);
  });

  it('is a plain dry run unless it is asked for, and takes trouble at the platform for a reason', async () => {
    const delivery = await lab.deliver('google');
    await lab.run(delivery);
    await change(80, 100);
    for (const { rehearsal } of await preview(delivery, false)) expect(rehearsal).toBeNull();
    lab.arm(delivery, { match: { path: 'ingest' }, do: 'status', status: 503, body: {}, times: 'always' });
    for (const { counts, rehearsal } of await preview(delivery)) {
      expect(counts.changes).toBe(10);
      expect(rehearsal?.notRehearsed).toBeTruthy();
    }
    const answer = await lab.world.reach.api('POST', `/v1/deliveries/${delivery.id}/preview`, { rehearse: 'yes' });
    expect(answer.status).toBe(400);
  });
});
