import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Problem } from '../http/problem.ts';

/** Something that would break without the thing it uses. */
export interface User {
  kind: string;
  id: string;
  name: string;
}

type Finder = (account: AccountId, id: string) => Promise<User[]>;

/** Who uses a thing: features that build on it register here at init, so that it need not know them. */
export abstract class Usage {
  private readonly finders: Finder[] = [];

  register(finder: Finder): void {
    this.finders.push(finder);
  }

  /** @throws Problem 409 `in_use` that names the users, when there are any. */
  async assertUnused(account: AccountId, what: string, id: string): Promise<void> {
    const found = await Promise.all(this.finders.map((find) => find(account, id)));
    const users = found.flat().map((user) => `${user.kind} "${user.name}" (${user.id})`);
    if (users.length > 0) {
      throw Problem.conflict('in_use', `This ${what} is used by ${users.join(', ')}; change or delete those first.`);
    }
  }
}

/** Users of cohorts: other cohorts, audiences, persona sets. */
@Injectable()
export class CohortUsage extends Usage {}
