"""How Reflex builds and serves the pages; everything comes from our own settings."""

from urllib.parse import urlsplit

import reflex as rx

from botpe_app.config import settings

_base = urlsplit(settings().base_url)
_port = _base.port or (443 if _base.scheme == "https" else 80)

config = rx.Config(
    app_name="botpe_app",
    # Compiled into the pages, which put the browser's own host in place of localhost.
    api_url=f"http://localhost:{_port}",
    deploy_url=settings().base_url,
    cors_allowed_origins=list(settings().origins),
    # docs/decisions/0002: what a tab shows is read from Postgres whenever it connects, so its
    # state may live and die with its web process; Redis never holds a cookie or a pickle.
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,
    redis_token_expiration=86_400,  # seconds a silent tab's state is kept
    telemetry_enabled=False,
    show_built_with_reflex=False,
    react_strict_mode=False,  # runs effects twice in development only
    frontend_lazy_bundled_libraries=True,
    frontend_compression_formats=["gzip"],
    plugins=[],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
