"""Which of their devices users have chosen for a line, and where that is kept.

`choices` is the copy that sign-ins look into, each store is a module of its own behind `store`, and `keeping`
keeps both the same. Knows neither sessions nor the directory.
"""

from .choices import Choices, Key
from .store import Choice, SelectionStore, StoreError

__all__ = ["Choice", "Choices", "Key", "SelectionStore", "StoreError"]
