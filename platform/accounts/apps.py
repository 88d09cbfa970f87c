"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """See the package docstring."""

    name = "accounts"

    def ready(self) -> None:
        """Name our ways to sign in to the schema generator."""
        import accounts.schema  # noqa: F401  (registers itself)
