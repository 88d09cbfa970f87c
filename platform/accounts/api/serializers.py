"""The JSON of people, sessions and tokens."""

from typing import Any

from rest_framework import serializers

from accounts.models import Token, User
from accounts.types import Role


class SessionUserSerializer(serializers.ModelSerializer[User]):
    """The signed-in user."""

    is_administrator = serializers.BooleanField(source="is_staff", read_only=True)
    hotkeys = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), read_only=True)
    overlay = serializers.DictField(child=serializers.BooleanField(), read_only=True)

    class Meta:
        model = User
        fields = ("id", "username", "display_name", "is_administrator", "language", "hotkeys", "overlay")
        read_only_fields = fields


class SessionSerializer(serializers.Serializer[Any]):
    """Who is signed in and as what."""

    user = SessionUserSerializer(allow_null=True)
    roles = serializers.DictField(child=serializers.ListField(child=serializers.ChoiceField(choices=Role.choices)))
    version = serializers.CharField()


class SignInSerializer(serializers.Serializer[Any]):
    """A user name and its password."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=500, trim_whitespace=False)


class ProfileSerializer(serializers.Serializer[Any]):
    """What people change about themselves."""

    display_name = serializers.CharField(max_length=120, required=False)
    language = serializers.CharField(max_length=10, required=False)
    hotkeys = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=40), max_length=4), required=False
    )
    overlay = serializers.DictField(child=serializers.BooleanField(), required=False)


class PasswordSerializer(serializers.Serializer[Any]):
    """A change of one's own password."""

    old = serializers.CharField(max_length=500, trim_whitespace=False)
    new = serializers.CharField(max_length=500, trim_whitespace=False)


class UserSerializer(serializers.ModelSerializer[User]):
    """A person."""

    is_administrator = serializers.BooleanField(source="is_staff", read_only=True)

    class Meta:
        model = User
        fields = ("id", "username", "display_name", "is_administrator", "is_active", "last_login")
        read_only_fields = fields


class UserCreateSerializer(serializers.Serializer[Any]):
    """A new account."""

    username = serializers.CharField(max_length=150, validators=[User.username_validator])
    display_name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    is_administrator = serializers.BooleanField(default=False)


class UserChangeSerializer(serializers.Serializer[Any]):
    """A change of an account."""

    display_name = serializers.CharField(max_length=120, required=False)
    is_active = serializers.BooleanField(required=False)
    is_administrator = serializers.BooleanField(required=False)


class UserCreatedSerializer(UserSerializer):
    """A new account with its one-time password."""

    password = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = (*UserSerializer.Meta.fields, "password")
        read_only_fields = fields

    def get_password(self, user: User) -> str:
        """Return the password, given as context."""
        return str(self.context["password"])


class OneTimePasswordSerializer(serializers.Serializer[Any]):
    """A password that is shown once."""

    password = serializers.CharField()


class TokenSerializer(serializers.ModelSerializer[Token]):
    """An API token, without its secret."""

    class Meta:
        model = Token
        fields = ("id", "name", "created_at", "expires_at", "last_used_at")
        read_only_fields = fields


class TokenCreateSerializer(serializers.Serializer[Any]):
    """A wish for a token."""

    name = serializers.CharField(max_length=120)
    days = serializers.IntegerField(min_value=1, max_value=366, default=30)


class TokenCreatedSerializer(TokenSerializer):
    """A new token with its secret, which is shown once."""

    secret = serializers.SerializerMethodField()

    class Meta:
        model = Token
        fields = (*TokenSerializer.Meta.fields, "secret")
        read_only_fields = fields

    def get_secret(self, token: Token) -> str:
        """Return the secret, given as context."""
        return str(self.context["secret"])
