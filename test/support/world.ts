import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type Reach, startReach } from './service.ts';
import { Steps } from './steps.ts';

export { PEOPLE_MAPPING, type Person, peopleCsv, type RunAnswer, twoKinds } from './steps.ts';

/** A service beside fake platforms, with the steps that most stories begin with. */
export class World extends Steps {
  private constructor(
    readonly reach: Reach,
    sandbox: Sandbox,
  ) {
    super(reach, sandbox);
  }

  static async start(options: { env?: Record<string, string>; log?: (line: string) => void } = {}): Promise<World> {
    const sandbox = await startSandbox();
    const reach = await startReach({ ...options, env: { ...sandbox.settings(), ...options.env } });
    return new World(reach, sandbox);
  }

  async close(): Promise<void> {
    await this.reach.close();
    await this.sandbox.close();
  }
}
