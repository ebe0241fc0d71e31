"""Files WhatsApp holds (Cloud API docs, "Media"): uploaded by businesses or sent by customers."""

from __future__ import annotations

import hashlib
import time

from botpe_app.errors import Invalid
from botpe_app.whatsapp.loose import Json
from botpe_app.whatsapp.messages.uploads import check_file, kind_for, plain_mime
from botpe_app.whatsapp.simulator.answers import Refusal, unknown_object
from botpe_app.whatsapp.simulator.store import Store
from botpe_app.whatsapp.simulator.templates import new_id
from botpe_app.whatsapp.simulator.world import MediaFile, World

_LINK_SECONDS = 300


class Files:
    """The world's media and its bytes."""

    def __init__(self, world: World, store: Store) -> None:
        self._world = world
        self._store = store

    def add(self, content: bytes, mime_type: str, filename: str = "") -> MediaFile:
        """Keeps a file. Raises Invalid for one WhatsApp would not take."""
        mime = plain_mime(mime_type) or "application/octet-stream"
        check_file(kind_for(mime), mime, len(content))
        file = MediaFile(
            new_id(), mime, hashlib.sha256(content).hexdigest(), len(content), filename
        )
        self._store.put(file.id, content)
        self._world.media[file.id] = file
        return file

    def upload(self, content: bytes, mime_type: str, filename: str) -> Json:
        """The same as the Graph API answers it."""
        try:
            return {"id": self.add(content, mime_type, filename).id}
        except Invalid as invalid:
            raise Refusal(100, invalid.message) from None

    def find(self, media_id: str) -> MediaFile:
        """The file with this id. Raises Refusal."""
        file = self._world.media.get(media_id)
        if file is None:
            raise unknown_object(media_id)
        return file

    def content(self, media_id: str) -> bytes:
        """A file's bytes. Raises Refusal."""
        try:
            return self._store.get(self.find(media_id).id)
        except FileNotFoundError:
            raise unknown_object(media_id) from None

    def delete(self, media_id: str) -> None:
        """Forgets a file. Raises Refusal."""
        self._store.delete(self.find(media_id).id)
        del self._world.media[media_id]

    def described(self, file: MediaFile, root: str) -> Json:
        """Where it can be fetched for the next five minutes, `root` being our address."""
        until = int(time.time()) + _LINK_SECONDS
        return {
            "messaging_product": "whatsapp",
            "id": file.id,
            "url": f"{root}/_media/{file.id}?until={until}",
            "mime_type": file.mime_type,
            "sha256": file.sha256,
            "file_size": file.size,
        }

    def linked(self, media_id: str, until: str) -> tuple[MediaFile, bytes]:
        """The file behind such an address. Raises Refusal once it has expired."""
        if not until.isdigit() or int(until) < time.time():
            raise Refusal(100, "The address has expired.", http_status=404)
        return self.find(media_id), self.content(media_id)
