import type { ConsentState } from '../mapping/mapping.ts';
import { isDenial, UNSAID } from './consent.ts';

const FIRST_SIZE = 1 << 12;
/** Hex digits of a contact's id that tell people apart: 52 bits, so that a number holds them. */
const DIGITS = 13;

/**
 * The strongest statement about each purpose of each person of a file, in a few bytes a person, so that millions of
 * people fit into memory.
 */
export class PeopleStatements {
  /** How many people there are; more than `most` when they are not counted any more. */
  size = 0;
  /** A person's number at the place that the number leads to; 0 where the place is free. */
  private people = new Float64Array(FIRST_SIZE);
  /** The statements of the people, `width` a place. */
  private statements: Float64Array;
  private readonly width: number;
  private readonly most: number;

  constructor(width: number, most: number) {
    this.width = width;
    this.most = most;
    this.statements = new Float64Array(FIRST_SIZE * width);
  }

  /** Whether there were more people than are counted. */
  get isFull(): boolean {
    return this.size > this.most;
  }

  /** Adds what a row says of a person: of several statements about a purpose the strongest counts. */
  add(contactId: string, statements: readonly number[]): void {
    if (this.isFull) return;
    const person = Number.parseInt(contactId.slice(0, DIGITS), 16) + 1;
    const place = this.placeOf(person);
    if (this.people[place] === 0 && !this.enter(person, place)) return;
    for (let i = 0; i < this.width; i++) {
      const at = place * this.width + i;
      this.statements[at] = Math.max(this.statements[at]!, statements[i]!);
    }
    if (this.size * 2 > this.people.length) this.grow();
  }

  /** People by what is said of them about one purpose. */
  counts(purpose: number): Record<ConsentState, number> {
    const counts = { granted: 0, denied: 0, unset: 0 };
    for (let place = 0; place < this.people.length; place++) {
      if (this.people[place] !== 0) counts[stateOf(this.statements[place * this.width + purpose]!)]++;
    }
    return counts;
  }

  /** @returns false when the person is one too many */
  private enter(person: number, place: number): boolean {
    this.size++;
    if (this.isFull) {
      this.people = new Float64Array(0);
      this.statements = new Float64Array(0);
      return false;
    }
    this.people[place] = person;
    this.statements.fill(UNSAID, place * this.width, (place + 1) * this.width);
    return true;
  }

  /** Where a person is, or would be. */
  private placeOf(person: number): number {
    const places = this.people.length;
    let place = person % places;
    while (this.people[place] !== 0 && this.people[place] !== person) place = (place + 1) % places;
    return place;
  }

  private grow(): void {
    const { people, statements, width } = this;
    this.people = new Float64Array(people.length * 2);
    this.statements = new Float64Array(this.people.length * width);
    for (let from = 0; from < people.length; from++) {
      const person = people[from]!;
      if (person === 0) continue;
      const to = this.placeOf(person);
      this.people[to] = person;
      this.statements.set(statements.subarray(from * width, (from + 1) * width), to * width);
    }
  }
}

/** What a statement says; nothing where there is none. */
export const stateOf = (statement: number): ConsentState =>
  statement === UNSAID ? 'unset' : isDenial(statement) ? 'denied' : 'granted';
