import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type Reach, startReach } from './service.ts';
import { Steps } from './steps.ts';

export { PEOPLE_MAPPING, type Person, peopleCsv, type RunAnswer, twoKinds } from './steps.ts';

/** A service beside fake platforms, with the steps that most stories begin with. */
export class World extends Steps {
  private constructor(
    public reach: Reach,
    sandbox: Sandbox,
    private readonly options: WorldOptions,
  ) {
    super({ api: (method, path, body) => this.reach.api(method, path, body) }, sandbox);
  }

  static async start(options: WorldOptions = {}): Promise<World> {
    const sandbox = await startSandbox();
    const reach = await startReach({ ...options, env: { ...sandbox.settings(), ...options.env } });
    return new World(reach, sandbox, options);
  }

  /** Stops the service and starts it again on the same stores. */
  async restart(): Promise<void> {
    const { dataDir } = this.reach;
    await this.reach.close({ keep: true });
    this.reach = await startReach({
      ...this.options,
      dataDir,
      env: { ...this.sandbox.settings(), ...this.options.env },
    });
  }

  async close(): Promise<void> {
    await this.reach.close();
    await this.sandbox.close();
  }
}

interface WorldOptions {
  env?: Record<string, string>;
  log?: (line: string) => void;
}
