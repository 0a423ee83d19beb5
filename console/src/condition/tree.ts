import type { Group, Tree } from '../api/types/tree.ts';

export type GroupKind = 'all' | 'any';

export const isGroup = <Leaf extends object>(node: Tree<Leaf>): node is Group<Leaf> => 'all' in node || 'any' in node;
export const isNot = <Leaf extends object>(node: Tree<Leaf>): node is { not: Tree<Leaf> } => 'not' in node;

export const groupKind = <Leaf>(node: Group<Leaf>): GroupKind => ('all' in node ? 'all' : 'any');
export const partsOf = <Leaf>(node: Group<Leaf>): Tree<Leaf>[] => ('all' in node ? node.all : node.any);
export const groupOf = <Leaf>(kind: GroupKind, parts: Tree<Leaf>[]): Group<Leaf> =>
  kind === 'all' ? { all: parts } : { any: parts };

/** The path of a part, in the spelling of the API's problems. */
export const partPath = <Leaf>(path: string, node: Group<Leaf>, index: number): string =>
  `${join(path, groupKind(node))}[${index}]`;
export const join = (path: string, name: string): string => (path ? `${path}.${name}` : name);
export const isWithin = (path: string, parent: string): boolean =>
  path === parent || path.startsWith(`${parent}.`) || path.startsWith(`${parent}[`);

/** A tree that always has a group on top, for editing. */
export const asGroup = <Leaf extends object>(tree: Tree<Leaf> | null | undefined): Group<Leaf> =>
  tree === null || tree === undefined ? { all: [] } : isGroup(tree) ? tree : { all: [tree] };

/** A group as it is sent: nothing when it is empty, its only part when it has one. */
export function asSent<Leaf>(root: Group<Leaf>): Tree<Leaf> | undefined {
  const parts = partsOf(root);
  return parts.length === 0 ? undefined : parts.length === 1 ? parts[0] : root;
}

/** Where a problem of what was sent from `at` is in the group that is edited: what was sent alone is its first part. */
export const editedPath = <Leaf>(path: string, at: string, root: Group<Leaf>): string =>
  partsOf(root).length === 1 && isWithin(path, at) ? partPath(at, root, 0) + path.slice(at.length) : path;
