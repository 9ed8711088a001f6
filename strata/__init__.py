"""Strata: a research assistant with hierarchical document memory.

from strata import Assistant
with Assistant(project="thesis") as a:
    a.ingest("papers/")
    print(a.ask("Which papers use a contrastive loss?"))
"""

from hierarchy.errors import StrataError
from strata.assistant import Assistant
from strata.display import register
from strata.settings import Settings

__all__ = ["Assistant", "Settings", "StrataError", "__version__"]
__version__ = "0.1.0"

register()
