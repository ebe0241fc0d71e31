"""Files in and out of WhatsApp (Cloud API docs, "Media")."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import IO

import httpx

from botpe_app.core.digests import sha256_hex
from botpe_app.errors import Invalid, Unavailable
from botpe_app.whatsapp import loose
from botpe_app.whatsapp.client import GraphClient, GraphRefused, no_answer, read_answer

LARGEST = 100 * 1024 * 1024  # bytes
SENT_WITHIN_DAYS = 30  # how long an uploaded file can be sent
FETCHED_WITHIN_DAYS = 7  # how long a customer's file can be fetched

_HOSTS = ("lookaside.fbsbx.com", ".fbcdn.net", ".whatsapp.net")
_PATIENCE = httpx.Timeout(30.0, connect=5.0, read=120.0)  # a large file is looked at before "done"
_LONGEST_SECONDS = 600.0
_LONGEST_REFUSAL = 64 * 1024  # bytes

Progress = Callable[[int, int | None], None]  # bytes so far, of how many if that is known


def _silent(received: int, size: int | None) -> None:
    pass


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """Where a file can be fetched for the next five minutes; "" and None mean unknown."""

    id: str
    url: str
    mime_type: str
    sha256: str  # hexadecimal
    size: int | None  # bytes


class GraphFiles(GraphClient):
    """The Graph API's files under one access token."""

    def upload(
        self, phone_number_id: str, name: str, mime_type: str, content: IO[bytes] | bytes
    ) -> str:
        """The id under which the file can be sent by this number for 30 days."""
        answer = self._post(
            f"/{phone_number_id}/media",
            data={"messaging_product": "whatsapp", "type": mime_type},
            files={"file": (name, content, mime_type)},
            timeout=_PATIENCE,
        )
        uploaded = loose.text(answer, "id")
        if not uploaded:
            raise Unavailable("WhatsApp took the file but gave it no id.")
        return uploaded

    def describe(self, media_id: str) -> RemoteFile:
        """Where the file with this id can be fetched."""
        answer = self._get(f"/{media_id}")
        return RemoteFile(
            id=media_id,
            url=loose.text(answer, "url"),
            mime_type=loose.text(answer, "mime_type"),
            sha256=sha256_hex(loose.text(answer, "sha256")),
            size=loose.whole(answer, "file_size"),
        )

    def delete(self, media_id: str) -> None:
        """Deletes an uploaded file."""
        self._request("DELETE", f"/{media_id}")

    def fetch(
        self, media_id: str, into: IO[bytes], *, sha256: str = "", progress: Progress = _silent
    ) -> RemoteFile:
        """Finds a file and writes it into `into`; an address that expired is asked for anew.

        `sha256` is what it should be where WhatsApp does not say. Raises as `download`.
        """
        try:
            return self._describe_and_download(media_id, into, sha256, progress)
        except GraphRefused as error:
            if error.refused.http_status not in (403, 404, 410):
                raise
        return self._describe_and_download(media_id, into, sha256, progress)

    def download(
        self,
        file: RemoteFile,
        into: IO[bytes],
        *,
        largest: int = LARGEST,
        progress: Progress = _silent,
    ) -> str:
        """Writes the file's bytes into `into`, emptied first; their SHA-256.

        Raises Invalid if it lies at a host that must not see the token or is larger than
        `largest` bytes, Unavailable if it arrives damaged or too slowly.
        """
        if not self._trusts(file.url):
            raise Invalid("The file does not lie on WhatsApp's servers.", field="url")
        into.seek(0)
        into.truncate()
        try:
            with self._http.stream("GET", file.url, headers=_AS_IT_IS) as response:
                _check_status(response)
                digest = _copy(response, into, largest, lambda got: progress(got, file.size))
        except httpx.HTTPError as error:
            raise no_answer(error) from error
        if file.sha256 and digest != file.sha256:
            raise Unavailable("The file arrived damaged: its checksum is wrong.")
        return digest

    def _describe_and_download(
        self, media_id: str, into: IO[bytes], sha256: str, progress: Progress
    ) -> RemoteFile:
        found = self.describe(media_id)
        found = replace(found, sha256=found.sha256 or sha256)
        return replace(found, sha256=self.download(found, into, progress=progress))

    def _trusts(self, written: str) -> bool:
        try:
            url, home = httpx.URL(written), self._http.base_url
        except httpx.InvalidURL:
            return False
        if (url.scheme, url.netloc) == (home.scheme, home.netloc):
            return True
        ours = any(url.host == h or (h[0] == "." and url.host.endswith(h)) for h in _HOSTS)
        return url.scheme == "https" and ours


_AS_IT_IS = {"Accept-Encoding": "identity"}


def _check_status(response: httpx.Response) -> None:
    """Raises GraphRefused or Unavailable unless the file follows."""
    if response.status_code == 200:
        return
    said = bytearray()
    for chunk in response.iter_raw():
        said += chunk
        if len(said) > _LONGEST_REFUSAL:
            break
    read_answer(response.status_code, bytes(said))
    raise Unavailable(f"WhatsApp answered with HTTP {response.status_code} instead of a file.")


def _copy(
    response: httpx.Response, into: IO[bytes], largest: int, progress: Callable[[int], None]
) -> str:
    """The SHA-256 of what was copied. Raises Invalid beyond `largest` bytes."""
    digest, received = hashlib.sha256(), 0
    too_late = time.monotonic() + _LONGEST_SECONDS
    for chunk in response.iter_raw(64 * 1024):
        received += len(chunk)
        if received > largest:
            raise Invalid(f"The file is larger than {largest:,} bytes.", field="file_size")
        if time.monotonic() > too_late:
            raise Unavailable("The file arrives too slowly.")
        digest.update(chunk)
        into.write(chunk)
        progress(received)
    return digest.hexdigest()
