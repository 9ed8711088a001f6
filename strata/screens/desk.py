"""What all sessions of one server share: the loaded encoder, the warm drawer of pages, the uploads under way.

A project is opened anew for each question, which costs milliseconds, so that whatever another process did to it
meanwhile is seen, and no session holds anything of another. It must not know Streamlit.
"""

from __future__ import annotations

import threading
from contextlib import closing

from hierarchy.conversations import Conversations
from hierarchy.encoder import Text
from strata.assistant import Assistant
from strata.encoders import service_of
from strata.models import build_encoder
from strata.opened import CONVERSATIONS
from strata.pictures import PagePictures
from strata.projects import projects_of
from strata.screens.uploads import Uploads
from strata.settings import Settings


class Desk:
    """The parts of the chat that outlive a session."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._encoder = build_encoder(settings)
        self.pictures = PagePictures(settings.ingestion)
        self.uploads = Uploads(settings.home / "files", self.open)
        self.conversations = Conversations(settings.home / CONVERSATIONS)
        if service_of(settings.encoder) is not None:  # a service has no files, and is sent nothing that nobody asked
            return
        # The first question should not wait for the encoder's files.
        threading.Thread(target=self._encoder.encode, args=([Text("warm", "", ())],), daemon=True).start()

    def open(self, project: str | None = None) -> Assistant:
        """An assistant for one piece of work; to be closed after it."""
        return Assistant(project, self.settings, encoder=self._encoder)

    def project_names(self) -> list[str]:
        """The names of all projects."""
        with closing(projects_of(self.settings)) as projects:
            return projects.names()
