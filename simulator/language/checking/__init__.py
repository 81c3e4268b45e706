"""The parts of the static check: each looks at a tree for one kind of mistake."""
