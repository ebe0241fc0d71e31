"""The piece of a number's page that needs the browser: choosing a picture."""

from __future__ import annotations

import reflex as rx
from reflex.event import passthrough_event_spec


class PictureButton(rx.Component):
    """Uploads the picture that somebody chooses, then tells the file's id."""

    library = "$/public/picture.jsx"
    tag = "PictureButton"
    problem: rx.Var[str]
    on_file: rx.EventHandler[passthrough_event_spec(str)]


picture_button = PictureButton.create
