"""The expression language: text to tree to value. It knows nothing of rules or directories."""
