"""Results as text for people and as JSON for machines; both print the same results."""
