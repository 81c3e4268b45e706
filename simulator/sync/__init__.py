"""The engine: the inbound and the outbound pass, and what became of each object."""
