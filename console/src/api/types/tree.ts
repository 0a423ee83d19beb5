/** What is said of something: a leaf, its negation, or several of which all, or any, must hold. */
export type Tree<Leaf> = Group<Leaf> | { not: Tree<Leaf> } | Leaf;
export type Group<Leaf> = { all: Tree<Leaf>[] } | { any: Tree<Leaf>[] };
