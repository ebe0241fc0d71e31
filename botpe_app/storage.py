"""Where media lie: a folder of this machine, or a bucket that speaks S3.

A key is words of letters, digits, `.` and `-`, joined by `/`.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from botpe_app.config import Settings, settings
from botpe_app.errors import Misconfigured, NotFound, Unavailable

if TYPE_CHECKING:
    from obstore import GetOptions
    from obstore.store import ClientConfig, S3Config

CHUNK = 256 * 1024  # bytes

_KEY = re.compile(r"[a-z0-9][a-z0-9.-]*(/[a-z0-9][a-z0-9.-]*)*", re.IGNORECASE)
_PART = 8 * 1024 * 1024  # bytes of a file that go to S3 in one request


class Storage(Protocol):
    """Files by key. Every method raises Unavailable if they cannot be reached."""

    def put(self, key: str, file: IO[bytes]) -> None:
        """Stores all of `file` from its start: whole or not at all; replaces what was there."""
        ...

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` to before `stop`, in chunks. Raises NotFound before the first."""
        ...

    def delete(self, key: str) -> None:
        """Removes a file; it need not be there."""
        ...


@lru_cache(maxsize=1)
def storage() -> Storage:
    """The storage that BOTPE_STORAGE_URL names; without it, a folder of the data dir.

    Raises Misconfigured for an address that is neither a folder's nor a bucket's.
    """
    chosen = settings()
    url = urlsplit(chosen.storage_url or (chosen.data_dir.resolve() / "media").as_uri())
    path = unquote(url.path)
    if url.scheme == "file" and url.netloc in ("", "localhost") and path.strip("/"):
        return Folder(Path(path))
    if url.scheme == "s3" and url.netloc:
        return Bucket(url.netloc, path.strip("/"), chosen)
    raise Misconfigured(
        "BOTPE_STORAGE_URL must look like file:///var/lib/botpe/media or s3://bucket/prefix.",
        field="BOTPE_STORAGE_URL",
    )


class Folder:
    """A Storage below a folder; only its owner can read the files."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, file: IO[bytes]) -> None:
        """See Storage."""
        file.seek(0)
        with _disk_trouble(), _fresh_file(self._path(key)) as fresh:
            while chunk := file.read(CHUNK):
                fresh.write(chunk)

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """See Storage."""
        with _disk_trouble():
            file = self._path(key).open("rb")
            file.seek(start)
        return _chunks(file, None if stop is None else stop - start)

    def delete(self, key: str) -> None:
        """See Storage."""
        with _disk_trouble():
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._root / _checked(key)


class Bucket:
    """A Storage below a prefix of an S3 bucket.

    Without an access key among the settings obstore looks where AWS's own tools do: for the
    role of the instance or the pod.
    """

    def __init__(self, name: str, prefix: str, chosen: Settings) -> None:
        from obstore.store import S3Store

        client: ClientConfig = {
            "allow_http": chosen.aws_endpoint_url.startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(minutes=5),
        }
        self._store = S3Store(
            name,
            prefix=prefix or None,
            config=_s3_config(chosen),
            client_options=client,
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
        )

    def put(self, key: str, file: IO[bytes]) -> None:
        """See Storage."""
        file.seek(0)
        with _s3_trouble():
            self._store.put(_checked(key), file, chunk_size=_PART, max_concurrency=2)

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """See Storage."""
        if stop is not None and stop <= start:
            return iter(())
        with _s3_trouble():
            part: GetOptions = {"range": {"offset": start} if stop is None else (start, stop)}
            found = self._store.get(_checked(key), options=part)
            return _streamed(found.stream(min_chunk_size=CHUNK))

    def delete(self, key: str) -> None:
        """See Storage."""
        with suppress(NotFound), _s3_trouble():
            self._store.delete(_checked(key))


def _s3_config(chosen: Settings) -> S3Config:
    """What the settings say; what they leave out stays for obstore to find."""
    config: S3Config = {
        "virtual_hosted_style_request": not chosen.aws_endpoint_url,
        "disable_bulk_delete": True,  # not every S3 knows how
    }
    if chosen.aws_access_key_id:
        config["access_key_id"] = chosen.aws_access_key_id
        config["secret_access_key"] = chosen.aws_secret_access_key
    if chosen.aws_session_token:
        config["session_token"] = chosen.aws_session_token
    if chosen.aws_region:
        config["region"] = chosen.aws_region
    if chosen.aws_endpoint_url:
        config["endpoint"] = chosen.aws_endpoint_url
    return config


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key")
    return key


@contextmanager
def _fresh_file(path: Path) -> Generator[IO[bytes]]:
    """A private file that takes the place of `path` once it is whole and on the disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, fresh = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(fresh).replace(path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise


def _chunks(file: IO[bytes], length: int | None) -> Iterator[bytes]:
    with _disk_trouble(), file:
        while chunk := file.read(CHUNK if length is None else min(CHUNK, length)):
            if length is not None:
                length -= len(chunk)
            yield chunk


def _streamed(chunks: Iterable[object]) -> Iterator[bytes]:
    with _s3_trouble():
        for chunk in chunks:
            yield bytes(memoryview(chunk))  # pyright: ignore[reportArgumentType] - obstore's own buffer


@contextmanager
def _disk_trouble() -> Generator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NotFound("The file is no longer in the storage.") from None
    except OSError as error:
        raise Unavailable(f"The media folder cannot be used: {error.strerror}.") from error


@contextmanager
def _s3_trouble() -> Generator[None]:
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError:
        raise NotFound("The file is no longer in the storage.") from None
    except BaseError as error:
        said = str(error).partition("\n")[0][:300]
        raise Unavailable(f"The media bucket cannot be used: {said}") from error
