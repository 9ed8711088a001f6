"""The part of the side bar that takes papers in: upload, a bar for each file, and what failed, which stays.

It must not know how a file is read.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from hierarchy.errors import StrataError
from strata.screens.desk import Desk
from strata.screens.safe import shown
from strata.screens.uploads import DONE, FAILED, READING, WAITING, Upload

PART = {WAITING: 0.02, READING: 0.5, DONE: 1.0}
LOOK_S = 1.0


def show_intake(desk: Desk, project: str) -> None:
    """The upload of PDFs into a project."""
    _uploader(desk, project)
    _progress(desk, project)


def _uploader(desk: Desk, project: str) -> None:
    round_ = st.session_state.setdefault("round", 0)
    files = st.file_uploader(
        "Add papers (PDF)",
        type="pdf",
        accept_multiple_files=True,
        max_upload_size=desk.settings.ingestion.max_file_mb,
        key=f"upload-{round_}",
        help="They are kept with Strata's own files; your originals are not touched.",
    )
    if files:
        try:
            desk.uploads.take(project, [(file.name, file) for file in files])
        except (StrataError, OSError) as error:
            st.error(shown(f"The files could not be kept: {error}"))
            return
        st.session_state["round"] = round_ + 1  # an empty uploader for the next ones
        st.rerun()


def _progress(desk: Desk, project: str) -> None:
    busy = desk.uploads.busy(project)
    st.fragment(_files, run_every=LOOK_S if busy else None)(desk, project, busy)


def _files(desk: Desk, project: str, was_busy: bool) -> None:
    try:
        _show_files(desk, project, was_busy)
    except StrataError as error:  # a fragment runs by itself: what it raises would not reach the page's own handler
        st.error(shown(str(error)))


def _show_files(desk: Desk, project: str, was_busy: bool) -> None:
    uploads = desk.uploads.of(project)
    if was_busy and not desk.uploads.busy(project):
        st.rerun()  # the whole page: there are new papers
    if uploads:
        ended = sum(upload.ended for upload in uploads)
        st.header(f"{ended} of {len(uploads)} files done", anchor=False)
        with st.container(height=320 if len(uploads) > 4 else "content"):
            for upload in uploads:
                _file(upload)
        if ended == len(uploads) and st.button("Clear this list", width="stretch"):
            desk.uploads.dismiss(project)
            st.rerun()
    _failures(desk, project, {str(upload.path) for upload in uploads})


def _file(upload: Upload) -> None:
    if upload.state == FAILED:
        st.error(f"**{shown(upload.name)}**  \n{shown(upload.said)}")
    else:
        said = "Reading" if upload.state == READING else upload.said or "Waiting"
        st.progress(PART[upload.state], text=f"{shown(upload.name)}: {shown(said)}")


def _failures(desk: Desk, project: str, told: set[str]) -> None:
    """What failed in earlier runs, too, until it is taken in or gone."""
    with desk.open(project) as assistant:
        failures = [failure for failure in assistant.failures() if failure.path not in told]
    if failures:
        with st.expander(f"{len(failures)} files failed earlier"):
            for failure in failures:
                name = Path(failure.path).name
                st.markdown(f"**{shown(name)}**  \n{shown(failure.message)} {shown(failure.hint)}")
