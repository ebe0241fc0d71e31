"""The settings of a process: the only place that reads the environment.

`botpe up` fills in what is missing and hands it to its children as plain environment
variables, so a child of `botpe up` and a production process are configured alike.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from botpe_app.errors import Misconfigured

META_GRAPH_URL = "https://graph.facebook.com"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment said, one field a variable; the variable is named beside it."""

    database_url: str = ""  # DATABASE_URL
    redis_url: str = ""  # REDIS_URL
    data_dir: Path = Path(".botpe")  # BOTPE_DATA_DIR
    base_url: str = "http://localhost:3000"  # BOTPE_BASE_URL, the public address
    secret_key: str = field(default="", repr=False)  # BOTPE_SECRET_KEY
    encryption_keys: tuple[str, ...] = field(default=(), repr=False)  # BOTPE_ENCRYPTION_KEYS
    graph_url: str = META_GRAPH_URL  # WHATSAPP_GRAPH_URL
    graph_version: str = "v25.0"  # WHATSAPP_API_VERSION
    app_id: str = ""  # WHATSAPP_APP_ID
    app_secret: str = field(default="", repr=False)  # WHATSAPP_APP_SECRET
    verify_token: str = field(default="", repr=False)  # WHATSAPP_VERIFY_TOKEN
    config_id: str = ""  # WHATSAPP_CONFIG_ID
    simulator_url: str = ""  # BOTPE_SIMULATOR_URL, set by `botpe up --demo`
    anthropic_api_key: str = field(default="", repr=False)  # ANTHROPIC_API_KEY
    anthropic_base_url: str = ""  # ANTHROPIC_BASE_URL
    model: str = ""  # BOTPE_MODEL
    smtp_url: str = field(default="", repr=False)  # SMTP_URL
    storage_url: str = ""  # BOTPE_STORAGE_URL
    aws_access_key_id: str = ""  # AWS_ACCESS_KEY_ID
    aws_secret_access_key: str = field(default="", repr=False)  # AWS_SECRET_ACCESS_KEY
    aws_session_token: str = field(default="", repr=False)  # AWS_SESSION_TOKEN
    aws_region: str = ""  # AWS_REGION
    aws_endpoint_url: str = ""  # AWS_ENDPOINT_URL
    sentry_dsn: str = ""  # SENTRY_DSN
    log_level: str = "INFO"  # BOTPE_LOG_LEVEL
    metrics_token: str = field(default="", repr=False)  # BOTPE_METRICS_TOKEN
    webhook_networks: tuple[str, ...] = ()  # BOTPE_WEBHOOK_NETWORKS
    chromium: str = ""  # BOTPE_CHROMIUM

    def require(self, *names: str) -> None:
        """Raises Misconfigured, naming the variable, if one of these fields is empty."""
        for name in names:
            if not getattr(self, name):
                raise Misconfigured(
                    f"{VARIABLES[name]} is not set. Set it (see .env.example), or run `botpe up`, "
                    "which makes one.",
                    field=VARIABLES[name],
                )

    @property
    def simulated(self) -> bool:
        """Whether WhatsApp is the built-in simulator rather than Meta."""
        return bool(self.simulator_url)

    @property
    def secure(self) -> bool:
        """Whether people reach us over https."""
        return self.base_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """The session cookie's name; under https its prefix keeps siblings from planting one."""
        return "__Host-botpe_session" if self.secure else "botpe_session"

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins whose pages may talk to us: the public one, and without https this machine's
        own two names on the same port."""
        base = urlsplit(self.base_url)
        usual = ":443" if self.secure else ":80"
        mine = f"{base.scheme}://{base.netloc.lower().removesuffix(usual)}"
        port = "" if base.port in (None, 80) else f":{base.port}"
        twins = () if self.secure else (f"http://localhost{port}", f"http://127.0.0.1{port}")
        return tuple(dict.fromkeys([mine, *twins]))


VARIABLES = {
    "database_url": "DATABASE_URL",
    "redis_url": "REDIS_URL",
    "data_dir": "BOTPE_DATA_DIR",
    "base_url": "BOTPE_BASE_URL",
    "secret_key": "BOTPE_SECRET_KEY",
    "encryption_keys": "BOTPE_ENCRYPTION_KEYS",
    "graph_url": "WHATSAPP_GRAPH_URL",
    "graph_version": "WHATSAPP_API_VERSION",
    "app_id": "WHATSAPP_APP_ID",
    "app_secret": "WHATSAPP_APP_SECRET",
    "verify_token": "WHATSAPP_VERIFY_TOKEN",
    "config_id": "WHATSAPP_CONFIG_ID",
    "simulator_url": "BOTPE_SIMULATOR_URL",
    "anthropic_api_key": "ANTHROPIC_API_KEY",
    "anthropic_base_url": "ANTHROPIC_BASE_URL",
    "model": "BOTPE_MODEL",
    "smtp_url": "SMTP_URL",
    "storage_url": "BOTPE_STORAGE_URL",
    "aws_access_key_id": "AWS_ACCESS_KEY_ID",
    "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
    "aws_session_token": "AWS_SESSION_TOKEN",
    "aws_region": "AWS_REGION",
    "aws_endpoint_url": "AWS_ENDPOINT_URL",
    "sentry_dsn": "SENTRY_DSN",
    "log_level": "BOTPE_LOG_LEVEL",
    "metrics_token": "BOTPE_METRICS_TOKEN",
    "webhook_networks": "BOTPE_WEBHOOK_NETWORKS",
    "chromium": "BOTPE_CHROMIUM",
}


def load(environ: Mapping[str, str]) -> Settings:
    """The settings that `environ` describes; empty variables count as unset.

    Raises Misconfigured for a value that cannot be used.
    """
    given = {f: environ[v].strip() for f, v in VARIABLES.items() if environ.get(v, "").strip()}
    values: dict[str, object] = dict(given)
    if "data_dir" in given:
        values["data_dir"] = Path(given["data_dir"])
    if "encryption_keys" in given:
        keys = given["encryption_keys"].split(",")
        values["encryption_keys"] = tuple(key.strip() for key in keys if key.strip())
    if "webhook_networks" in given:
        values["webhook_networks"] = _networks(given["webhook_networks"])
    for name in ("base_url", "graph_url", "simulator_url", "aws_endpoint_url"):
        if name in given:
            values[name] = _web_address(VARIABLES[name], given[name])
    if "database_url" in given:
        values["database_url"] = _psycopg_url(given["database_url"])
    return Settings(**values)  # pyright: ignore[reportArgumentType]


@lru_cache(maxsize=1)
def settings() -> Settings:
    """This process's settings, read once."""
    return load(os.environ)


def environment() -> dict[str, str]:
    """A copy of this process's environment, to hand on to a child process."""
    return dict(os.environ)


def adopt(variables: Mapping[str, str]) -> None:
    """Gives this process the variables that it was started without; `settings` then has them."""
    for name, value in variables.items():
        if not os.environ.get(name, "").strip():
            os.environ[name] = value
    settings.cache_clear()


def _web_address(variable: str, value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise Misconfigured(f"{variable} must start with http:// or https://.", field=variable)
    return value.rstrip("/")


def _networks(value: str) -> tuple[str, ...]:
    try:
        return tuple(str(ip_network(part.strip())) for part in value.split(",") if part.strip())
    except ValueError:
        raise Misconfigured(
            "BOTPE_WEBHOOK_NETWORKS must be a list like 127.0.0.0/8,10.1.0.0/16.",
            field="BOTPE_WEBHOOK_NETWORKS",
        ) from None


def _psycopg_url(value: str) -> str:
    """The same database as a plain `postgresql://` address, whatever driver was named."""
    scheme, separator, rest = value.partition("://")
    if not separator or scheme.split("+")[0] not in {"postgres", "postgresql"}:
        raise Misconfigured(
            "DATABASE_URL must look like postgresql://user:password@host:5432/name.",
            field="DATABASE_URL",
        )
    return f"postgresql://{rest}"
