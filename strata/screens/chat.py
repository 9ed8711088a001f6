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
CHOSEN, PENDING = "chosen", "pending"  # a question that was chosen, not typed; the turn that is to be answered
MOST_LETTERS = 2_000  # of a question
MOST_TURNS = 8  # drawn unless more are asked for, so that a long conversation stays quick


@st.cache_resource(show_spinner=False)
def shared_desk() -> Desk:
    """The one desk of this server."""
    return Desk(Settings.from_environment())


def main() -> None:
    """Draws the page, once for each thing that the person does."""
    st.set_page_config(page_title="Strata", page_icon=str(ICON), layout="centered")
    try:
        desk = shared_desk()
        names = desk.project_names()
        project = _project(desk, names)
        conversation = st.query_params.setdefault(CHAT, new_conversation())
        # Before anything is drawn, so that no stop or reload can lose a question. It stands below all the same.
        typed = st.chat_input("Ask the papers", submit_mode="stop", max_chars=MOST_LETTERS, key="question")
        asked = typed or st.session_state.pop(CHOSEN, None)
        if asked:
            st.session_state[PENDING] = desk.conversations.asked(conversation, project, asked)
        with st.sidebar:
            _choice(names, project)
            show_intake(desk, project)
        _talk(desk, project, conversation)
    except StrataError as error:
        st.error(shown(str(error)))
        st.button("Try again")


def _project(desk: Desk, names: list[str]) -> str:
    """The project that is looked at: the one in the address, else the one that is set, else the first."""
    asked = st.query_params.get(PROJECT)
    if asked is None and "project" not in desk.settings.model_fields_set and names:
        asked = desk.settings.project if desk.settings.project in names else names[0]
    try:
        wanted = checked_project_name(asked or desk.settings.project)
    except UsageError as error:
        st.error(shown(str(error)))
        wanted = desk.settings.project
    project = next((name for name in names if name.lower() == wanted.lower()), wanted)
    if st.query_params.get(PROJECT) != project:
        st.query_params[PROJECT] = project
    return project


def _choice(names: list[str], project: str) -> None:
    st.header("Strata", anchor=False)
    known = names if project in names else [*names, project]
    st.selectbox(
        "Project",
        known,
        index=known.index(project),
        key=f"choice-{project}",
        on_change=_go,
        args=(f"choice-{project}",),
        accept_new_options=True,
        help="Choose one, or type the name of a new one and add papers to it.",
    )
    if st.button("New conversation", icon=":material/add_comment:", width="stretch"):
        st.query_params[CHAT] = new_conversation()
        st.rerun()


def _go(choice: str) -> None:
    """Goes to the project that was chosen; a name that does not fit is told when the page is drawn."""
    st.query_params[PROJECT] = str(st.session_state[choice])


def _talk(desk: Desk, project: str, conversation: str) -> None:
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


def _answer_again(turn: Turn) -> None:
    """Has a turn's question answered anew, in its own place."""
    st.session_state[PENDING] = turn.id
