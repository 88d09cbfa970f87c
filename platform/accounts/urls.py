"""Addresses of accounts, below `/api/`."""

from django.urls import path

from accounts.api.people import UserListView, UserResetPasswordView, UserView
from accounts.api.sessions import SessionPasswordView, SessionView
from accounts.api.tokens import TokenListView, TokenView

urlpatterns = [
    path("session", SessionView.as_view(), name="session"),
    path("session/password", SessionPasswordView.as_view(), name="session-password"),
    path("users", UserListView.as_view(), name="users"),
    path("users/<uuid:user_id>", UserView.as_view(), name="user"),
    path("users/<uuid:user_id>/reset-password", UserResetPasswordView.as_view(), name="user-reset-password"),
    path("tokens", TokenListView.as_view(), name="tokens"),
    path("tokens/<uuid:token_id>", TokenView.as_view(), name="token"),
]
