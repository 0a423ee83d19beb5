import { type Kill, playRound } from './kill/round.ts';
import { DESTINATIONS, type Stage, setStage } from './kill/stage.ts';

const KILLS = 50;
const KILLS_PER_RUN = 9;
/** Enough for several batches a persona. */
const PEOPLE = 21_000;

/** SIGKILL of the real process, over and over, while it delivers to all three destinations. See test/kill/kill.ts for more. */
describe('the service, killed at random moments', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage(PEOPLE);
  }, 300_000);
  afterAll(() => stage.close());

  it('loses nobody, counts nobody twice and comes to an end', async () => {
    const kills: Kill[] = [];
    for (let seed = 1; kills.length < KILLS; seed++) {
      const round = await playRound(stage, seed, KILLS_PER_RUN);
      expect(round.problems).toEqual([]);
      kills.push(...round.kills);
    }
    for (const type of DESTINATIONS) {
      expect(kills.map(({ runs }) => runs[type])).toContain('sending');
    }
  }, 1_800_000);
});
