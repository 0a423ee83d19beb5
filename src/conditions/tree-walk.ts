import { checkFields, isFields } from './check.ts';
import { at, type Fields, type Refuser } from './leaf.ts';
import { hint } from './nearest.ts';

/** A language of trees that people write: `all`, `any` and `not` over leaves. What differs is the leaves and the words. */
export interface TreeLanguage<Checker extends Refuser> {
  /** What a node is called: `condition`. Its codes are `unknown_…` and `ambiguous_…`. */
  noun: string;
  leaves: ReadonlyMap<string, TreeLeaf<Checker>>;
  limits: { nodes: number; depth: number };
  messages: {
    /** More than `limits.nodes` nodes. */
    tooLarge: string;
    /** A node that is no object: what one looks like. */
    shape: string;
    /** What to write instead of an empty list. */
    insteadOfEmpty: string;
  };
}

export interface TreeLeaf<Checker extends Refuser> {
  /** Every field it may have; the first one marks it. */
  fields: readonly string[];
  check(node: Fields, path: string, checker: Checker): void;
}

const COMBINATORS = ['all', 'any', 'not'] as const;

/** Walks an unknown value as a tree and has `checker` refuse what is wrong, each with the path of the bad node. */
export class TreeWalk<Checker extends Refuser> {
  /** Nodes seen so far. */
  nodes = 0;
  private readonly marks: string[];

  constructor(
    private readonly language: TreeLanguage<Checker>,
    private readonly checker: Checker,
  ) {
    this.marks = [...COMBINATORS, ...language.leaves.keys()];
  }

  visit(input: unknown, path: string, depth = 1): void {
    const { limits, messages, noun } = this.language;
    this.nodes++;
    if (this.nodes === limits.nodes + 1) this.checker.refuse(path, 'too_large', messages.tooLarge);
    if (this.nodes > limits.nodes) return;
    if (depth > limits.depth)
      this.checker.refuse(path, 'too_deep', `${capital(noun)}s nest at most ${limits.depth} levels.`);
    else if (!isFields(input)) this.checker.refuse(path, 'wrong_type', messages.shape);
    else this.visitNode(input, path, depth);
  }

  private visitNode(node: Fields, path: string, depth: number): void {
    const { noun, leaves } = this.language;
    const [mark, ...others] = this.marks.filter((name) => Object.hasOwn(node, name));
    if (!mark) {
      const near = hint(Object.keys(node)[0]?.slice(0, 50) ?? '', this.marks);
      const message = `A ${noun} has one of the fields ${this.marks.join(', ')}.${near}`;
      this.checker.refuse(path, `unknown_${noun}`, message);
    } else if (others.length > 0) {
      const message = `A ${noun} says one thing, this says ${[mark, ...others].join(' and ')}; put them in a list under "all".`;
      this.checker.refuse(path, `ambiguous_${noun}`, message);
    } else if (mark === 'all' || mark === 'any') this.visitList(node, mark, path, depth);
    else if (mark === 'not') {
      checkFields(this.checker, node, path, ['not']);
      this.visit(node.not, at(path, 'not'), depth + 1);
    } else {
      const leaf = leaves.get(mark)!;
      checkFields(this.checker, node, path, leaf.fields);
      leaf.check(node, path, this.checker);
    }
  }

  private visitList(node: Fields, mark: 'all' | 'any', path: string, depth: number): void {
    const { noun, messages } = this.language;
    checkFields(this.checker, node, path, [mark]);
    const here = at(path, mark);
    const list = node[mark];
    if (!Array.isArray(list)) this.checker.refuse(here, 'wrong_type', `"${mark}" is a list of ${noun}s.`);
    else if (list.length === 0)
      this.checker.refuse(here, 'empty', `"${mark}" needs at least one ${noun}; ${messages.insteadOfEmpty}`);
    else for (const [i, child] of list.entries()) this.visit(child, at(here, i), depth + 1);
  }
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
