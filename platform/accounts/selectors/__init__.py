"""What may be read of people, teams and tokens."""

from importlib.metadata import PackageNotFoundError, version


def product_version() -> str:
    """Return the installed version, or "development" when the product runs from its sources."""
    try:
        return version("fiducial")
    except PackageNotFoundError:
        return "development"
