"""What stands around every page of the chat: the project that is looked at, the way to the other pages, the uploads.

The project and the conversation stand in the address of every page, so that a reload, a link in a second window, or a
way there and back finds them again. It must not know what a page shows.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from hierarchy.conversations import new_conversation
from hierarchy.errors import StrataError, UsageError
from hierarchy.identity import checked_project_name
from strata.screens.chat import show_chat, take_question
from strata.screens.contradictions import show_contradictions
from strata.screens.desk import Desk
from strata.screens.intake import show_intake
from strata.screens.library import show_library
from strata.screens.safe import shown
from strata.screens.themes import show_themes
from strata.settings import Settings

ICON = Path(__file__).with_name("icon.png")
CHAT, PROJECT = "chat", "project"  # in the address
CHAT_PAGE, WIDE_PAGE = "Chat", "Contradictions"
SIGNS = {
    CHAT_PAGE: ":material/chat:",
    "Papers": ":material/menu_book:",
    WIDE_PAGE: ":material/compare_arrows:",
    "Themes": ":material/hub:",
}


@st.cache_resource(show_spinner=False)
def shared_desk() -> Desk:
    """The one desk of this server."""
    return Desk(Settings.from_environment())


def main() -> None:
    """Draws the page, once for each thing that the person does."""
    pages = [
        st.Page(_chat, title=CHAT_PAGE, default=True),
        st.Page(_papers, title="Papers", url_path="papers"),
        st.Page(_contradictions, title=WIDE_PAGE, url_path="contradictions"),
        st.Page(_themes, title="Themes", url_path="themes"),
    ]
    here = st.navigation(pages, position="hidden")  # its own links would lose the project and the conversation
    name = "Strata" if here.title == CHAT_PAGE else f"{here.title} · Strata"
    st.set_page_config(page_title=name, page_icon=str(ICON), layout="wide" if here.title == WIDE_PAGE else "centered")
    try:
        desk = shared_desk()
        names = desk.project_names()
        project = _project(desk, names)
        conversation = st.query_params.setdefault(CHAT, new_conversation())
        if here.title == CHAT_PAGE:
            # Before anything is drawn, so that no stop or reload can lose a question. It stands below all the same.
            take_question(desk, project, conversation)
        with st.sidebar:
            _choice(names, project)
            _ways(pages, project, conversation)
            show_intake(desk, project)
        here.run()
    except StrataError as error:
        st.error(shown(str(error)))
        st.button("Try again")


def _chat() -> None:
    show_chat(*_looked_at(), st.query_params[CHAT])


def _papers() -> None:
    show_library(*_looked_at())


def _contradictions() -> None:
    show_contradictions(*_looked_at())


def _themes() -> None:
    show_themes(*_looked_at())


def _looked_at() -> tuple[Desk, str]:
    return shared_desk(), st.query_params[PROJECT]


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


def _go(choice: str) -> None:
    """Goes to the project that was chosen; a name that does not fit is told when the page is drawn."""
    st.query_params[PROJECT] = str(st.session_state[choice])


def _ways(pages: list[Page], project: str, conversation: str) -> None:
    for page in pages:
        address = {PROJECT: project, CHAT: conversation}
        st.page_link(page, icon=SIGNS[page.title], width="stretch", query_params=address)
    if st.button("New conversation", icon=":material/add_comment:", width="stretch"):
        st.switch_page(pages[0], query_params={PROJECT: project, CHAT: new_conversation()})
