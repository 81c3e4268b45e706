"""A result as one HTML file that needs no network: a summary with charts, and every object.

The summary is plain HTML, readable without scripts. The objects are columns in one deflated block,
made from the columns of the results and shown as a table by the scripts of the page; no name that
a directory gives is ever markup.
"""

from simulator.reports.html.document import html_lines

__all__ = ["html_lines"]
