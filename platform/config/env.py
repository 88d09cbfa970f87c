"""The one place that reads the environment: typed, validated, with safe defaults."""

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Storage:
    """Where blobs live: a local folder, or a bucket of an S3-compatible server.

    Attributes
    ----------
    folder : Path or None
        Local folder; None when `bucket` is set.
    bucket, endpoint_url, region : str
        S3 bucket name, its server (empty: the provider's own) and region.
    """

    folder: Path | None
    bucket: str = ""
    endpoint_url: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Env:
    """All settings that a deployment may change; names are the environment variables in capitals."""

    production: bool
    secret_key: str
    allowed_hosts: tuple[str, ...]
    csrf_trusted_origins: tuple[str, ...]
    data_dir: Path
    database_url: str
    redis_url: str
    storage: Storage
    max_upload_bytes: int
    rendition_cache_bytes: int
    accel_redirect: str
    job_lost_after_s: float
    deidentification_keys: tuple[str, ...]


def _list(name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in os.environ.get(name, "").split(",") if part.strip())


def _deidentification_keys() -> tuple[str, ...]:
    keys = _list("DEIDENTIFICATION_KEY")
    if any(len(key) < 32 for key in keys):
        raise ImproperlyConfigured("Each key in DEIDENTIFICATION_KEY needs at least 32 characters")
    return keys


def _storage(url: str, data_dir: Path) -> Storage:
    if not url:
        return Storage(folder=data_dir / "blobs")
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Storage(folder=Path(parts.path))
    if parts.scheme == "s3" and parts.netloc:
        query = parse_qs(parts.query)
        return Storage(
            folder=None,
            bucket=parts.netloc,
            endpoint_url=query.get("endpoint_url", [""])[0],
            region=query.get("region", [""])[0],
        )
    raise ImproperlyConfigured(
        f"STORAGE_URL={url!r} is not understood: use file:///folder or s3://bucket?endpoint_url=https://host"
    )


def _kept_secret(data_dir: Path) -> str:
    """Return this installation's own secret, made once and kept in the data folder (readable by its owner alone)."""
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        secret = secrets.token_urlsafe(50)
        file.write(secret)
    return secret


def read_env() -> Env:
    """Read and validate the environment.

    Raises
    ------
    ImproperlyConfigured
        In production mode: a missing SECRET_KEY or ALLOWED_HOSTS, a wildcard host, or DEBUG set;
        in any mode: an unknown FIDUCIAL_MODE, STORAGE_URL, MAX_UPLOAD_MB, RENDITION_CACHE_MB or JOB_LOST_AFTER_S.
    """
    mode = os.environ.get("FIDUCIAL_MODE", "local")
    if mode not in ("local", "production"):
        raise ImproperlyConfigured(f"FIDUCIAL_MODE={mode!r}: use local or production")
    production = mode == "production"
    data_dir = Path(os.environ.get("DATA") or ROOT / "var" / "data").resolve()
    secret = os.environ.get("SECRET_KEY", "")
    hosts = _list("ALLOWED_HOSTS")
    if production:
        _refuse_unsafe(secret=secret, hosts=hosts)
    try:
        max_upload_bytes = int(os.environ.get("MAX_UPLOAD_MB", "4096")) << 20
    except ValueError as error:
        raise ImproperlyConfigured("MAX_UPLOAD_MB must be a whole number of megabytes") from error
    try:
        rendition_cache_bytes = int(os.environ.get("RENDITION_CACHE_MB", "2048")) << 20
    except ValueError as error:
        raise ImproperlyConfigured("RENDITION_CACHE_MB must be a whole number of megabytes") from error
    try:
        job_lost_after_s = float(os.environ.get("JOB_LOST_AFTER_S", "15"))
    except ValueError as error:
        raise ImproperlyConfigured("JOB_LOST_AFTER_S must be a number of seconds") from error
    accel_redirect = os.environ.get("ACCEL_REDIRECT", "")
    if accel_redirect and not re.fullmatch(r"/[a-z0-9-]+/", accel_redirect):
        raise ImproperlyConfigured(f"ACCEL_REDIRECT={accel_redirect!r}: use a location such as /protected-blobs/")
    return Env(
        production=production,
        secret_key=secret or _kept_secret(data_dir),
        allowed_hosts=hosts or ("127.0.0.1", "localhost", "[::1]"),
        csrf_trusted_origins=_list("CSRF_TRUSTED_ORIGINS"),
        data_dir=data_dir,
        database_url=os.environ.get("DATABASE_URL", ""),
        redis_url=os.environ.get("REDIS_URL", ""),
        storage=_storage(os.environ.get("STORAGE_URL", ""), data_dir),
        max_upload_bytes=max_upload_bytes,
        accel_redirect=accel_redirect,
        rendition_cache_bytes=rendition_cache_bytes,
        job_lost_after_s=job_lost_after_s,
        deidentification_keys=_deidentification_keys(),
    )


def _refuse_unsafe(*, secret: str, hosts: tuple[str, ...]) -> None:
    if len(secret) < 32:
        raise ImproperlyConfigured("Production needs SECRET_KEY with at least 32 characters")
    if os.environ.get("DEBUG", "").lower() in ("1", "true", "yes", "on"):
        raise ImproperlyConfigured("Production refuses to start with DEBUG set")
    if not hosts:
        raise ImproperlyConfigured("Production needs ALLOWED_HOSTS, a comma-separated list of host names")
    if any("*" in host or host.startswith(".") for host in hosts):
        raise ImproperlyConfigured("Production refuses a wildcard in ALLOWED_HOSTS")
