"""Results as columns: a row for each object, and a verdict that many objects share.

Whatever computes them, reports read the same columns: gathered, sorted by DN and objectGUID,
counted, given back as rows, or as a table of Arrow.
"""
