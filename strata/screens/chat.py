"""The research chat: picks a project, takes questions and papers, shows the conversation.

The conversation's name stands in the address, so that a reload, or a link in a second window, finds it again. It must
not know how answers are made, nor how a turn is drawn.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from hierarchy.conversations import Turn, new_conversation
from hierarchy.errors import StrataError, UsageError
from hierarchy.identity import checked_project_name
from strata.screens.desk import Desk
from strata.screens.intake import show_intake
from strata.screens.safe import shown
from strata.screens.suggestions import suggestions
from strata.screens.turns import answer_now, show_turn
from strata.settings import Settings

ICON = Path(__file__).with_name("icon.png")
CHAT, PROJECT = "chat", "project"  # in the address
CHOSEN = "chosen"  # a question that was chosen, not typed
MOST_LETTERS = 2_000  # of a question


@st.cache_resource(show_spinner=False)
def shared_desk() -> Desk:
    """The one desk of this server."""
    return Desk(Settings.from_environment())


def main() -> None:
    """Draws the page, once for each thing that the person does."""
    st.set_page_config(page_title="Strata", page_icon=str(ICON), layout="centered")
    try:
        desk = shared_desk()
        project = _project(desk)
        conversation = st.query_params.setdefault(CHAT, new_conversation())
        with st.sidebar:
            show_intake(desk, project)
        _talk(desk, project, conversation)
    except StrataError as error:
        st.error(shown(str(error)))
        st.button("Try again")


def _project(desk: Desk) -> str:
    """The project that is looked at: the one in the address, else the one that is set, else the first."""
    names = desk.project_names()
    asked = st.query_params.get(PROJECT)
    known = {name.lower(): name for name in names}
    wanted = asked or desk.settings.project
    current = known.get(wanted.lower()) or (wanted if asked or not names else names[0])
    with st.sidebar:
        st.header("Strata", anchor=False)
        choice = st.selectbox(
            "Project",
            [*names, *([] if current in names else [current])],
            index=names.index(current) if current in names else len(names),
            accept_new_options=True,
            help="Choose one, or type the name of a new one and add papers to it.",
        )
        if st.button("New conversation", icon=":material/add_comment:", width="stretch"):
            st.query_params[CHAT] = new_conversation()
            st.rerun()
    try:
        project = checked_project_name(choice or current)
    except UsageError as error:
        st.error(shown(str(error)))
        project = current
    if project != asked:
        st.query_params[PROJECT] = project
    return project


def _talk(desk: Desk, project: str, conversation: str) -> None:
    typed = st.chat_input("Ask the papers", submit_mode="stop", max_chars=MOST_LETTERS, key="question")
    question = typed or st.session_state.pop(CHOSEN, None)
    turns = desk.conversations.turns(conversation, project)
    st.title(project, anchor=False)
    last = turns[-1].id if turns and not question else None

    def again(turn: Turn) -> None:
        desk.conversations.forget_turn(turn.id)
        _choose(turn.question)

    for turn in turns:
        show_turn(desk, project, turn, again, folded=turn.id != last)
    if question:
        answer_now(desk, project, desk.conversations.asked(conversation, project, question), question)
    elif not turns:
        _welcome(desk, project)


def _welcome(desk: Desk, project: str) -> None:
    """An empty chat: what is here, and questions to begin with."""
    try:
        with desk.open(project) as assistant:
            papers = assistant.papers()
    except UsageError:
        st.info(f"Project {shown(project)} has no papers yet. Add PDFs at the left, then ask.")
        return
    count = "1 paper" if len(papers) == 1 else f"{len(papers)} papers"
    st.write(f"{count}. Ask anything; each answer comes with quotes that you can look at on the page.")
    for number, question in enumerate(suggestions(papers)):
        st.button(shown(question), key=f"suggestion-{number}", width="stretch", on_click=_choose, args=(question,))


def _choose(question: str) -> None:
    """Has a question asked when the page is drawn anew."""
    st.session_state[CHOSEN] = question
