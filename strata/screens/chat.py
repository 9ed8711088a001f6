"""The research chat's page: takes questions, shows the conversation.

It must not know how answers are made, nor how a turn is drawn.
"""

from __future__ import annotations

import streamlit as st

from hierarchy.conversations import Turn
from strata.screens.desk import Desk
from strata.screens.empty import papers_of
from strata.screens.evidence import counted
from strata.screens.safe import shown
from strata.screens.suggestions import suggestions
from strata.screens.turns import answer_now, show_turn

CHOSEN, PENDING = "chosen", "pending"  # a question that was chosen, not typed; the turn that is to be answered
MOST_LETTERS = 2_000  # of a question
MOST_TURNS = 8  # drawn unless more are asked for, so that a long conversation stays quick


def take_question(desk: Desk, project: str, conversation: str) -> None:
    """The field at the foot of the page; a question is kept before anything else is done."""
    typed = st.chat_input("Ask the papers", submit_mode="stop", max_chars=MOST_LETTERS, key="question")
    asked = typed or st.session_state.pop(CHOSEN, None)
    if asked:
        st.session_state[PENDING] = desk.conversations.asked(conversation, project, asked)


def show_chat(desk: Desk, project: str, conversation: str) -> None:
    """The conversation, and the answer that is due."""
    pending = st.session_state.get(PENDING)
    turns = desk.conversations.turns(conversation, project)
    now = next((turn for turn in turns if turn.id == pending), None)
    st.title(shown(project), anchor=False)
    last = turns[-1].id if turns and now is None else None
    earlier = len(turns) - MOST_TURNS
    if earlier > 0 and not st.checkbox(f"Show {earlier} earlier questions"):
        turns = turns[earlier:]
    for turn in turns:
        if turn is not now:
            show_turn(desk, project, turn, _answer_again, folded=turn.id != last)
    if now is not None:
        del st.session_state[PENDING]  # from here on a stop means that it shall not be answered
        answer_now(desk, project, now.id, now.question)
    elif not turns:
        _welcome(desk, project)


def _welcome(desk: Desk, project: str) -> None:
    """An empty chat: what is here, and questions to begin with."""
    papers = papers_of(desk, project, ", then ask")
    if not papers:
        return
    count = counted(len(papers), "paper", "papers")
    st.write(f"{count}. Ask anything; each answer comes with quotes that you can look at on the page.")
    for number, question in enumerate(suggestions(papers)):
        st.button(shown(question), key=f"suggestion-{number}", width="stretch", on_click=_choose, args=(question,))


def _choose(question: str) -> None:
    """Has a question asked when the page is drawn anew."""
    st.session_state[CHOSEN] = question


def _answer_again(turn: Turn) -> None:
    """Has a turn's question answered anew, in its own place."""
    st.session_state[PENDING] = turn.id
