"""Users and the line appearances that they may control, from wherever a site keeps them.

`entries` reads rows, `table` finds them, `state` is what is in force and how old that is; each source is a
module of its own behind `source`, and `refreshing` keeps the state up to date. Does not know sessions.
"""

from .entries import COLUMNS, Entry, Row, RowProblem, RowsRefused, read_row, read_rows
from .source import Source, SourceError
from .state import Directory
from .table import Table

__all__ = [
    "COLUMNS",
    "Directory",
    "Entry",
    "Row",
    "RowProblem",
    "RowsRefused",
    "Source",
    "SourceError",
    "Table",
    "read_row",
    "read_rows",
]
