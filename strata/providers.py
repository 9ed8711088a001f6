"""What the doors to providers share: LlamaIndex's packages for them, and the keys that are set for them.

A key is only ever one that was set for its purpose; what lies in the environment for other programs is never used. It
must not know what a provider does.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Any

from pydantic import SecretStr

from hierarchy.errors import UsageError

NO_KEY = "none"  # what is sent to an address for which no key is set; never one that lies around for another


def integration(kind: str, provider: str, name: str, setting: str) -> Any:
    """A class of LlamaIndex's package for a provider.

    Args:
        kind: of the package: llms, embeddings, postprocessor.
        provider: as the package names it.
        name: of the class.
        setting: which named the provider.

    Raises:
        UsageError: where it is not installed; names it.
    """
    try:
        return getattr(importlib.import_module(f"llama_index.{kind}.{provider}"), name)
    except ModuleNotFoundError as error:
        raise missing(kind, provider, setting) from error


def need(kind: str, provider: str, setting: str) -> None:
    """Sees that a provider's package is installed, without importing it.

    Raises:
        UsageError: where it is not.
    """
    try:
        found = find_spec(f"llama_index.{kind}.{provider}") is not None
    except (ModuleNotFoundError, ValueError):
        found = False
    if not found:
        raise missing(kind, provider, setting)


def missing(kind: str, provider: str, setting: str) -> UsageError:
    """The error where a provider's package is not installed."""
    package = f"llama-index-{kind}-{provider}".replace("_", "-")
    message = f"{setting} names {provider}, whose package {package} is not installed."
    return UsageError(message, f"Install it: pip install {package}.", "missing_package")


def key_of(set_key: SecretStr | None) -> str | None:
    """A key that is set, None where there is none."""
    key = set_key.get_secret_value().strip() if set_key is not None else ""
    return key or None
