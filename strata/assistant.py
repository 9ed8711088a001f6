"""The assistant: everything that can be done with a project. What every other door opens onto."""

from __future__ import annotations

from strata.asking import Asking
from strata.looking import Looking
from strata.removing import Removing
from strata.tagging import Tagging
from strata.taking import Taking


class Assistant(Taking, Asking, Looking, Removing, Tagging):
    """A project with everything that can be done with it.

    Args:
        project: its name; STRATA_PROJECT or "papers" where none is given. It begins with the first ingest. Several
            names open projects that are there together: to be asked and looked at, not to be changed.
        settings: None reads STRATA_… variables.
        encoder: one that is loaded already, for several assistants in one process.
        llm: any LLM of LlamaIndex, which then writes findings and summaries when papers come in; None takes the one
            that STRATA_LLM names, if any.
        reranker: any postprocessor of LlamaIndex, cross-encoder with `predict`, callable (question, list of texts) ->
            numbers, or `retrieval.rerank.Reranker`; None takes the one that STRATA_RERANK names, if any.

    Raises:
        UsageError: for a name or a setting that does not fit.
    """
